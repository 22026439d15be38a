"""Loaded modules behave like imported ones: tracebacks, ``inspect``, names."""

from __future__ import annotations

import inspect
import sys
import traceback
from pathlib import Path

import pytest

import wasm2py
from tests.unit.cli.test_cache import TEXT, WASM, translations  # noqa: F401 (a fixture)


def trace(function: object) -> str:
    try:
        function()  # type: ignore[operator]
    except ValueError:
        return traceback.format_exc()
    raise AssertionError("nothing was raised")


@pytest.mark.usefixtures("translations")
@pytest.mark.parametrize("cached", [True, False])
def test_tracebacks_show_source(cached: bool) -> None:
    for _ in range(2):
        module = wasm2py.load(WASM, cache=cached)
        assert 'raise ValueError("on purpose")' in trace(module.fail)


@pytest.mark.usefixtures("translations")
def test_inspect_finds_source() -> None:
    assert inspect.getsource(wasm2py.load(WASM)) == TEXT


@pytest.mark.usefixtures("translations")
def test_the_name_is_the_files(tmp_path: Path) -> None:
    (tmp_path / "my-app.wasm").write_bytes(WASM)
    module = wasm2py.load(tmp_path / "my-app.wasm")
    assert module.__name__ == "my_app"
    assert module.__spec__ is not None
    assert module.__spec__.name == "my_app"
    assert "my_app" not in sys.modules


def test_loading_from_the_cache_imports_no_stage_of_the_compiler() -> None:
    """A hit must be quick, so the stages are imported where they are used."""
    import subprocess

    stages = ("wasm2py.binary", "wasm2py.validate", "wasm2py.ir", "wasm2py.codegen")
    code = f"import sys, wasm2py; print([name for name in {stages} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
