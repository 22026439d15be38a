"""Published modules that Emscripten made, with the host pack in the place of what the task drivers write by hand."""

from __future__ import annotations

import hashlib
import json
import runpy
import struct
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.realworld import hostlib
from tests.realworld.tasks import Task
from tests.support.examples import example
from tests.support.shared import extracted, need_shared
from wasm2py_runtime import LinkError, Memory
from wasm2py_runtime.emscripten import Emscripten

TASKS = need_shared("realworld", "tasks")


@pytest.fixture
def drivers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Drivers import ``hostlib``, and other modules that lie beside it."""
    monkeypatch.setitem(sys.modules, "hostlib", hostlib)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    sys.modules.pop("ts_common", None)


def driver(name: str) -> dict[str, Any]:
    return runpy.run_path(str(TASKS / name / "driver_wasmtime.py"), run_name="driver")


def expected(name: str) -> str:
    return Task(TASKS / name).description["expected_output"]


class PackHost(hostlib.Host):
    """Gives modules what the pack has, and nothing that a driver brings along."""

    def load(self, path: str, imports: Any = None, memory: Memory | None = None, wasi: Any = None) -> hostlib.Inst:
        return hostlib.Inst(Emscripten().instantiate(self.compiled(path)), memory)


@pytest.mark.usefixtures("drivers")
def test_lua() -> None:
    result = driver("lua")["run"](PackHost())
    assert hostlib.output_text(result) == expected("lua")


@pytest.mark.usefixtures("drivers")
def test_oniguruma() -> None:
    given = driver("oniguruma")
    host = Emscripten()
    module = hostlib.Inst(host.instantiate(hostlib.Host().compiled("oniguruma")), None)
    options = {name: int(value) for name, value in host.constants.items()}
    result = {
        "matches": _matches(module, options, [pattern.encode() for pattern in given["PATS"]], given["TEXT"].encode()),
        "n_const": len(options),
        "bad": [
            _scanner(module, [b"(unclosed"], 0, options["ONIG_SYNTAX_DEFAULT"]),
            module.cstr(module.call("getLastOnigError")),
        ],
    }
    assert hostlib.output_text(result) == expected("oniguruma")


def _put(module: hostlib.Inst, data: bytes) -> int:
    address = module.call("omalloc", max(1, len(data)))
    module.write(address, data)
    return address


def _scanner(module: hostlib.Inst, patterns: list[bytes], options: int, syntax: int) -> int:
    pointers = struct.pack(f"<{len(patterns)}I", *[_put(module, pattern) for pattern in patterns])
    lengths = struct.pack(f"<{len(patterns)}I", *map(len, patterns))
    return module.call(
        "createOnigScanner", _put(module, pointers), _put(module, lengths), len(patterns), options, syntax
    )


def _matches(module: hostlib.Inst, options: dict[str, int], patterns: list[bytes], text: bytes) -> list[Any]:
    scanner = _scanner(module, patterns, options["ONIG_OPTION_CAPTURE_GROUP"], options["ONIG_SYNTAX_DEFAULT"])
    address, position, found = _put(module, text), 0, []
    while position <= len(text):
        none = options["ONIG_OPTION_NONE"]
        match = module.call("findNextOnigScannerMatch", scanner, 1, address, len(text), position, none)
        if not match:
            break
        index, count = struct.unpack("<II", module.read(match, 8))
        captures = list(struct.unpack(f"<{2 * count}i", module.read(match + 8, 8 * count)))
        found.append([index, text[captures[0] : captures[1]].decode(), captures])
        position = max(captures[1], position + 1)
    return found


@pytest.mark.usefixtures("drivers")
def test_treesitter() -> None:
    """The example, with the modules of the task."""
    given = driver("treesitter-json")
    modules = extracted(need_shared("realworld", "modules.zip"))
    sitter = example("treesitter", "treesitter").TreeSitter(modules / "tree-sitter-core.wasm")
    tree = sitter.parse(sitter.load(modules / "tree-sitter-json.wasm"), given["TEXT"])
    assert hashlib.sha256(tree.encode()).hexdigest() == json.loads(expected("treesitter-json"))["sha"]


def test_minified_imports_are_refused_with_the_reason() -> None:
    module = hostlib.Host().compiled("zstd-bokuweb")
    with pytest.raises(LinkError, match=r"a\.e: unknown import.*imports are minified") as refused:
        Emscripten().instantiate(module)
    assert len(refused.value.problems) == 5
