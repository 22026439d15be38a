"""Locals, globals, drop and select; the initialisation of locals."""

from __future__ import annotations

import pytest

from tests.unit.binary import build
from tests.unit.binary.build import section
from tests.unit.validate.modules import (
    DROP,
    EMPTY,
    END,
    EXPORT,
    EXTERNREF,
    F32_0,
    FUNCREF,
    I32,
    I32_0,
    I64,
    I64_0,
    V128,
    accept,
    func,
    function,
    ref,
    refuse,
)

SELECT = b"\x1b"
NULL_FUNC = b"\xd0\x70"


def get(local: int) -> bytes:
    return bytes([0x20, local])


def set_(local: int) -> bytes:
    return bytes([0x21, local])


def test_locals_follow_parameters() -> None:
    type = func([I32])
    locals = [b"\2" + I64, b"\1" + V128]
    accept(function(get(0) + set_(0) + get(1) + set_(2) + get(3) + DROP, type, locals=locals))
    refuse(function(get(1) + set_(0), type, locals=locals), "type mismatch")
    refuse(function(get(4) + DROP, type, locals=locals), "unknown local 4")
    refuse(function(I32_0 + set_(4), type, locals=locals), "unknown local 4")
    refuse(function(get(0) + DROP), "unknown local 0")


def test_many_locals_in_runs() -> None:
    locals = [b"\xe8\x07" + I64, b"\xe8\x07" + I32]  # 1000 each, after two parameters
    type = func([V128, I32])
    for local, value in ((1, I32_0), (2, I64_0), (1001, I64_0), (1002, I32_0), (2001, I32_0)):
        setter = b"\x21" + build.u32(local)
        accept(function(value + setter, type, locals=locals))
        refuse(function(F32_0 + setter, type, locals=locals), "type mismatch")
    refuse(function(I32_0 + b"\x21" + build.u32(2002), type, locals=locals), "unknown local 2002")


def test_tee_gives_the_type_of_the_local() -> None:
    accept(function(I32_0 + b"\x22\0" + DROP, locals=[b"\1" + I32]))
    refuse(function(I64_0 + b"\x22\0" + DROP, locals=[b"\1" + I32]), "type mismatch")


class TestInitialisation:
    """A local of a type without null has no value before it is set, in the block where it is set."""

    locals = (b"\1" + ref(FUNCREF),)
    set_it = b"\xd2\0" + set_(0)  # ref.func 0
    get_it = get(0) + DROP

    @pytest.mark.parametrize(
        "body",
        [
            set_it + get_it,
            set_it + b"\x02" + EMPTY + get_it + END + get_it,
            b"\x02" + EMPTY + set_it + get_it + END + set_it + get_it,
            b"\xd2\0\x22\0" + DROP + get_it,
        ],
    )
    def test_accepted(self, body: bytes) -> None:
        accept(function(body, func(), EXPORT, locals=self.locals))

    @pytest.mark.parametrize(
        "body",
        [
            get_it,
            b"\x02" + EMPTY + set_it + END + get_it,
            I32_0 + b"\x04" + EMPTY + set_it + b"\x05" + get_it + END,
            I32_0 + b"\x04" + EMPTY + set_it + b"\x05" + set_it + END + get_it,
            b"\0" + get_it,
        ],
    )
    def test_refused(self, body: bytes) -> None:
        refuse(function(body, func(), EXPORT, locals=self.locals), "uninitialized local 0")

    def test_parameters_have_values(self) -> None:
        accept(function(self.get_it, func([ref(FUNCREF)])))


@pytest.mark.parametrize("value", [I32_0, I64_0, b"\xfd\x0c" + bytes(16)])
def test_select(value: bytes) -> None:
    accept(function(value + value + I32_0 + SELECT + DROP))
    refuse(function(value + value + I64_0 + SELECT + DROP), "type mismatch")


def test_select_takes_two_operands_of_one_type() -> None:
    refuse(function(I32_0 + I64_0 + I32_0 + SELECT + DROP), "type mismatch")


def test_select_of_references_says_their_type() -> None:
    operands = NULL_FUNC + NULL_FUNC + I32_0
    refuse(function(operands + SELECT + DROP), "type mismatch: instruction requires numeric or vector type")
    accept(function(operands + b"\x1c\1" + FUNCREF + DROP))
    refuse(function(operands + b"\x1c\1" + EXTERNREF + DROP), "type mismatch")


@pytest.mark.parametrize("types", [b"\0", b"\2" + I32 + I32])
def test_select_gives_one_result(types: bytes) -> None:
    refuse(function(I32_0 + I32_0 + I32_0 + b"\x1c" + types + DROP), "invalid result arity")


def test_globals() -> None:
    globals = section(build.GLOBAL, I32 + b"\0" + I32_0 + END, I64 + b"\1" + I64_0 + END)
    accept(function(b"\x23\0\x1a\x23\1\x24\1", func(), globals))
    refuse(function(I32_0 + b"\x24\0", func(), globals), "immutable global 0")
    refuse(function(I32_0 + b"\x24\1", func(), globals), "type mismatch")
    refuse(function(I32_0 + b"\x24\2", func(), globals), "unknown global 2")
    refuse(function(b"\x23\2", func(), globals), "unknown global 2")
