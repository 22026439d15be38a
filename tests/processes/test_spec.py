"""The specification's tests of threads pass with memories for processes too."""

from __future__ import annotations

import pytest

from tests.spec.compiling import run
from tests.spec.scripts import Script, scripts
from tests.support.shared import need_shared
from wasm2py.options import Options
from wasm2py_runtime import Memory, MemoryType
from wasm2py_runtime.processes import ProcessMemory

DIRECTORY = "proposals/threads"
SCRIPTS = [each for each in scripts(need_shared("spec-tests", "spec-tests.zip")) if each.directory == DIRECTORY]


@pytest.mark.parametrize("views", ["overlapping", "plain"])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.file)
def test_script(script: Script, views: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a module has a shared memory of its own, it gets one for processes."""

    def of_type(type: MemoryType) -> Memory:
        if type.shared:
            return ProcessMemory.of_type(type)
        return Memory(type.minimum, type.maximum, False, type.index_type, type.page_size)

    monkeypatch.setattr(Memory, "of_type", of_type)
    monkeypatch.setenv("WASM2PY_MEMORY", views)
    failures = [outcome for outcome in run(script, Options()) if outcome.status == "failed"]
    assert not failures, "\n".join(f"{script.file}:{o.line}: {o.command}: {o.detail}" for o in failures[:20])
