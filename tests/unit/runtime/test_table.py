"""Tables: the operations and their traps, call lists that follow every change, the host's surface (spec §4.4.6)."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from wasm2py_runtime import (
    FuncType,
    IndirectCallTypeMismatch,
    OutOfBoundsError,
    Table,
    TableOutOfBounds,
    TableType,
    UninitializedElement,
    host_function,
)

UNARY = FuncType(("i32",), ("i32",))
BINARY = FuncType(("i32", "i32"), ("i32",))
OTHER = FuncType((), ("i64",))


def raw(number: int, type: FuncType = UNARY) -> Any:
    """A raw function that returns its number."""
    arguments = (0,) * len(type.params)
    wrapper = host_function(type, lambda *arguments: number, f"f{number}")
    assert wrapper(*arguments) == number
    return wrapper.wasm_raw


def check(table: Table, model: list[Any]) -> None:
    """Elements and call lists agree with a plain list of references."""
    assert [table.get(i) for i in range(table.size)] == model
    for type in (UNARY, BINARY, OTHER):
        calls = table.calls(type)
        assert len(calls) == len(model)
        for ref, call in zip(model, calls):
            if ref is None or ref.wasm_type is not type:
                with pytest.raises(UninitializedElement if ref is None else IndirectCallTypeMismatch):
                    call(*range(random.randrange(5)))
            else:
                assert call is ref


def test_call_lists_follow_every_operation() -> None:
    functions = [None, raw(1), raw(2), raw(3, BINARY), raw(4, OTHER), raw(5, BINARY)]
    generator = random.Random(3)
    table, other, model = Table("funcref", 6, 40), Table("funcref", 8), [None] * 6
    table.calls(UNARY)
    for index in range(8):
        other.set(index, generator.choice(functions))
    for _ in range(300):
        d, s, n = generator.randrange(7), generator.randrange(7), generator.randrange(5)
        ref = generator.choice(functions)
        operation = generator.randrange(6)
        segment = tuple(generator.choice(functions) for _ in range(8))
        try:
            if operation == 0:
                table.set(d, ref)
                model[d] = ref
            elif operation == 1:
                table.fill(d, ref, n)
                model[d : d + n] = [ref] * n
            elif operation == 2:
                table.copy(d, table, s, n)
                model[d : d + n] = model[s : s + n]
            elif operation == 3:
                table.copy(d, other, s, n)
                model[d : d + n] = [other.get(i) for i in range(s, s + n)]
            elif operation == 4:
                table.init(d, segment, s, n)
                model[d : d + n] = segment[s : s + n]
            elif len(model) < 12:
                assert table.grow(1, ref) == len(model)
                model.append(ref)
        except TableOutOfBounds:
            assert max(d, s) + max(n, 1) > min(len(model), 8)
        check(table, model)


def test_messages() -> None:
    table = Table("funcref", 2)
    table.set(1, raw(1))
    with pytest.raises(UninitializedElement, match=r"^uninitialized element$"):
        table.calls(UNARY)[0](1, 2, 3)
    with pytest.raises(IndirectCallTypeMismatch, match=r"^indirect call type mismatch$"):
        table.calls(BINARY)[1]()
    with pytest.raises(IndexError, match="list index"):
        table.calls(UNARY)[2]


def test_bounds() -> None:
    table, elements = Table("externref", 5), ("a", "b", "c")
    traps = [
        lambda: table.get(5),
        lambda: table.set(5, None),
        lambda: table.fill(5, None, 1),
        lambda: table.fill(6, None, 0),
        lambda: table.copy(0, table, 5, 1),
        lambda: table.copy(6, table, 0, 0),
        lambda: table.init(0, elements, 1, 3),
        lambda: table.init(3, elements, 0, 3),
        lambda: table.init(0, elements, 4, 0),
        lambda: table.get(1 << 40),
        lambda: table.fill(0, None, 1 << 32),
    ]
    for operation in traps:
        with pytest.raises(TableOutOfBounds, match=r"^out of bounds table access$"):
            operation()
    table.fill(5, None, 0)
    table.copy(5, table, 5, 0)
    table.init(5, elements, 3, 0)
    assert list(table) == [None] * 5


@pytest.mark.parametrize("d, s, n", list(itertools.product((0, 1, 3), (0, 1, 3), (0, 2, 4))))
def test_copies_may_overlap(d: int, s: int, n: int) -> None:
    table, model = Table("externref", 8), list(range(8))
    table.init(0, tuple(model), 0, 8)
    table.copy(d, table, s, n)
    model[d : d + n] = model[s : s + n]
    assert list(table) == model


def test_growth() -> None:
    table = Table("funcref", 1, 4)
    calls = table.calls(UNARY)
    assert table.grow(2) == 1
    assert table.grow(2) == -1
    assert table.grow(0) == 3
    assert len(calls) == len(table) == 3
    assert table.type == TableType("funcref", 3, 4)
    assert Table("externref", 0).grow((1 << 32) - 1) == -1
    for arguments in ((10_000_001,), (2, 1), (-1,)):
        with pytest.raises(ValueError):
            Table("funcref", *arguments)


def test_hosts_see_exported_functions() -> None:
    double = host_function(UNARY, lambda n: 2 * n, "double")
    table = Table("funcref", 3, init=double)
    assert list(table) == [double] * 3
    table[0] = None
    table[-1] = host_function(BINARY, lambda a, b: a - b)
    assert table[0] is None
    assert table[1](21) == 42
    assert table[2](3, 5) == -2
    assert table[2].type == BINARY
    assert table.grow(1, double) == 3
    assert table[3] is double
    for index in (4, -5):
        with pytest.raises(OutOfBoundsError, match="4 elements"):
            table[index]
        with pytest.raises(IndexError):
            table[index] = None
    with pytest.raises(TypeError, match="Table element 1 must be an exported WebAssembly function"):
        table[1] = len


def test_externrefs_are_any_objects() -> None:
    thing = object()
    table = Table("externref", 2, init=thing)
    table[1] = 5
    assert (table[0] is thing, table[1]) == (True, 5)
