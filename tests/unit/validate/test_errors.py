"""What an error says: where it is, and in which function at which instruction."""

from __future__ import annotations

from tests.unit.binary import build
from tests.unit.binary.build import custom, module, name, section, vec
from tests.unit.validate.modules import I32_0, I64_0, func, function, refusal
from wasm2py.binary import decode


def named(wasm: bytes, function_name: str) -> bytes:
    """The module with a name for function 0."""
    functions = vec(b"\0" + name(function_name))
    return wasm + custom("name", b"\1" + build.u32(len(functions)) + functions)


def test_instruction() -> None:
    wasm = named(function(I32_0 + I64_0 + b"\x6a\x1a"), "add")
    error = refusal(wasm)
    assert error.instruction == "i32.add"
    assert error.offset == wasm.index(b"\x6a")
    assert (error.function, error.name) == (0, "add")
    assert str(error) == (
        "type mismatch: instruction requires [i32 i32] but stack has [i32 i64]"
        f" (at byte {error.offset:#x}, in function 0 'add', at i32.add)"
    )


def test_function_index_counts_imports() -> None:
    imports = section(build.IMPORT, name("m") + name("f") + b"\0\0")
    error = refusal(function(I32_0, func(), imports))
    assert (error.function, error.name, error.instruction) == (1, None, "end")


def test_locals() -> None:
    wasm = function(b"", locals=[b"\xff\xff\xff\xff\x0f\x7f"])
    error = refusal(wasm)
    assert error.message.startswith("too many locals: 4294967295")
    assert error.function == 0
    assert error.offset == decode(wasm).functions[0].offset


def test_offset_of_a_segment_and_an_export() -> None:
    wasm = module(section(build.DATA, b"\1\0", b"\0\x41\0\x0b\0"))
    assert refusal(wasm).offset == wasm.index(b"\0\x41\0\x0b\0")
    wasm = module(section(build.EXPORT, name("x") + b"\2\0"))
    error = refusal(wasm)
    assert (error.offset, error.function) == (wasm.index(name("x")), None)


def test_constant_expression() -> None:
    wasm = module(section(build.GLOBAL, b"\x7f\0\x41\0\x01\x0b"))
    error = refusal(wasm)
    assert (error.instruction, error.offset) == ("nop", wasm.index(b"\x01\x0b"))


def test_many_operands_are_not_all_shown() -> None:
    error = refusal(function(b"\x10\0", func([b"\x7f"] * 1000)))
    assert len(error.message) < 500


def test_long_names_are_cut() -> None:
    export = name("x" * 100_000) + b"\0\0"
    error = refusal(function(b"", func(), section(build.EXPORT, export, export)))
    assert len(error.message) < 500
