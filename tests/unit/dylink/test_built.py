"""Shared libraries that clang and wasm-ld built (see modules/build.sh), with a core and without one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.engine import load
from wasm2py.options import Options
from wasm2py_runtime import FuncType, Linker, LinkError, UnknownImport, host_function

from .test_loading import loaded

MODULES = Path(__file__).parent / "modules"


def module(name: str, level: int = 2) -> Any:
    return load((MODULES / name).read_bytes(), Options(optimize=level), name=name)


@pytest.mark.parametrize("level", [0, 2])
def test_libraries_in_a_core(level: int) -> None:
    linker = Linker()
    core = linker.instantiate(module("core.wasm", level), name="env")
    needed = {"scaling.wasm": module("scaling.wasm", level)}
    counting = loaded(linker, module("counting.wasm", level), "counting.wasm", find=needed.get)
    run = counting.exports.run
    assert run(1) == 1 + 105 + 1000 + 1 + 7 + 14  # relocated data, constructors, the needed library
    assert run(1) == run(0)
    core.memory.store("u32", core.exports["base_value"].value, 2000)
    assert run(0) == 2000 + 105 + 4 + 7 + 14
    assert counting.exports.on_stack(50) == 50 * 51 // 2
    assert core.memory.load("u32", counting.exports["zeros"].value + 12) == 4
    assert loaded(linker, needed["scaling.wasm"], "scaling.wasm").exports.scaled(3) == 21


def test_a_function_has_one_address_and_is_called_by_it() -> None:
    linker = Linker()
    core = linker.instantiate(module("core.wasm"), name="env")
    counting = loaded(
        linker, module("counting.wasm"), "counting.wasm", find={"scaling.wasm": module("scaling.wasm")}.get
    )
    add = counting.exports.address_of_add()
    assert add == core.exports.address_of_add()
    assert counting.table[add] is core.exports.add
    assert core.exports.apply(counting.exports.address_of_subtract(), 10, 4) == 6


def test_what_is_weak_comes_later() -> None:
    linker = Linker()
    linker.instantiate(module("core.wasm"), name="env")
    counting = loaded(
        linker, module("counting.wasm"), "counting.wasm", find={"scaling.wasm": module("scaling.wasm")}.get
    )
    assert counting.exports.has_optional() == 0
    with pytest.raises(UnknownImport, match=r"env\.optional"):
        counting.exports.call_optional(3)
    loaded(linker, module("optional.wasm"), "optional.wasm")
    assert counting.exports.has_optional() == 3
    assert counting.exports.call_optional(3) == 397


def test_without_a_core() -> None:
    linker = Linker()
    linker.define("env", "add", host_function(FuncType(["i32", "i32"], ["i32"]), lambda a, b: a * b))
    needed = {"scaling.wasm": module("scaling.wasm")}
    with pytest.raises(LinkError, match=r"GOT\.mem\.base_value: undefined symbol"):
        loaded(linker, module("counting.wasm"), "counting.wasm", find=needed.get)
    linker.define("env", "base_value", 16)
    counting = loaded(linker, module("counting.wasm"), "counting.wasm", find=needed.get)
    counting.memory.store("u32", 16, 50)
    assert counting.exports.run(2) == 2 * 105 + 50 + 1 + 7 + 14
    assert counting.exports.on_stack(1000) == 1000 * 1001 // 2
