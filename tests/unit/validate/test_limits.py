"""Modules of few bytes that ask for much: refused at once, or checked in time that grows with their size."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from tests.unit.binary import build
from tests.unit.binary.build import entry, module, section, u32
from tests.unit.validate.modules import (
    DROP,
    END,
    I32,
    I32_0,
    UNREACHABLE,
    accept,
    array,
    func,
    function,
    ref,
    refusal,
    refuse,
    struct,
)
from wasm2py.binary import decode
from wasm2py.errors import ValidationError
from wasm2py.validate import implementation_limits as limits
from wasm2py.validate import validate

MANY = [I32] * 1000
BIG_STRUCT = struct(*[I32 + b"\1"] * limits.MAX_FIELDS)


def test_locals_take_no_room_before_they_are_refused() -> None:
    module = decode(function(b"", locals=[b"\xfe\xff\xff\xff\x0f\x7f", b"\1\x7e"]))
    tracemalloc.start()
    with pytest.raises(ValidationError, match="too many locals: 4294967295"):
        validate(module)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_most_locals() -> None:
    accept(function(b"", func([I32]), locals=[u32(limits.MAX_LOCALS - 1) + I32]))
    refuse(function(b"", func([I32]), locals=[u32(limits.MAX_LOCALS) + I32]), "too many locals")


def test_signatures() -> None:
    accept(module(section(build.TYPE, func(MANY, MANY))))
    refuse(module(section(build.TYPE, func([I32] * 1001))), "too many parameters: 1001")
    refuse(module(section(build.TYPE, func([], [I32] * 1001))), "too many results: 1001")


def test_br_table() -> None:
    for count, accepted in ((limits.MAX_LABELS, True), (limits.MAX_LABELS + 1, False)):
        wasm = function(I32_0 + b"\x0e" + u32(count) + bytes(count + 1))
        accept(wasm) if accepted else refuse(wasm, "too many labels of br_table")


def test_operands_that_calls_pile_up() -> None:
    refuse(function(b"\x10\0" * 100_000 + UNREACHABLE, func([], MANY)), "too many operands")
    refuse(function((b"\x02\1" + UNREACHABLE + END) * 100_000, func(), types=[func([], MANY)]), "too many operands")


@pytest.mark.parametrize(
    "wasm",
    [
        pytest.param(function(b"\x02\x40" * 50_000 + END * 50_000), id="nesting"),
        pytest.param(
            function(I32_0 * 1000 + b"\x02\1\x0b" * 20_000 + DROP * 1000, types=[func(MANY, MANY)]), id="parameters"
        ),
        pytest.param(function((I32_0 + b"\x0e" + u32(60_000) + bytes(60_001)) * 10), id="labels"),
        pytest.param(function(b"\xfb\1\1\x1a" * 20_000, types=[BIG_STRUCT]), id="defaults"),
        pytest.param(
            function(b"\x02\x40" + UNREACHABLE + b"\xfb\0\1\x0c\0" * 20_000 + END, types=[BIG_STRUCT]), id="fields"
        ),
        pytest.param(
            function(
                b"\x02\x40" + UNREACHABLE + b"\xfb\x08\1\x90\x4e\x0c\0" * 20_000 + END, types=[array(I32 + b"\0")]
            ),
            id="elements",
        ),
        pytest.param(
            module(
                section(build.TYPE, func(MANY)),
                section(build.FUNCTION, *[b"\0"] * 10_000),
                section(build.CODE, *[entry(b"", [u32(49_000) + I32])] * 10_000),
            ),
            id="locals",
        ),
        pytest.param(module(section(build.TYPE, *[func(MANY)] * 300)), id="types"),
        pytest.param(
            module(
                build.raw_section(
                    build.TYPE,
                    b"\1\x4e\x90\x4e"
                    + b"".join(struct(ref(build.s64(to), null=True) + b"\1") for to in range(9999, -1, -1)),
                )
            ),
            id="group",
        ),
    ],
)
def test_time(wasm: bytes) -> None:
    """All of these take well under a second; what is quadratic takes minutes."""
    module = decode(wasm)
    start = time.process_time()
    validate(module)
    assert time.process_time() - start < 10


def test_errors_come_with_their_place() -> None:
    assert refusal(function(b"\xfb\x08\1" + u32(1 << 31), types=[array(I32 + b"\0")])).instruction == "array.new_fixed"
