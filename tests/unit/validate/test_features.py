"""Features that are switched off are refused by name; every instruction has its rule."""

from __future__ import annotations

import pytest

from tests.unit.binary import build
from tests.unit.binary.build import module, name, section
from tests.unit.validate.modules import (
    ANYREF,
    DATA,
    DROP,
    END,
    EXNREF,
    EXTERNREF,
    FUNCREF,
    I32,
    I32_0,
    I64_0,
    MEMORY,
    TABLE,
    UNREACHABLE,
    V128,
    accept,
    func,
    function,
    rec,
    ref,
    refusal,
    refuse,
    struct,
    sub,
)
from wasm2py.binary import OPCODES
from wasm2py.features import DEFAULT_FEATURES, FEATURES
from wasm2py.validate.registry import rules

ALL = frozenset(FEATURES)


def types(*definitions: bytes) -> bytes:
    return module(section(build.TYPE, *definitions))


def tables(*definitions: bytes) -> bytes:
    return module(section(build.TABLE, *definitions))


MODULES = [
    ("sign-extension", function(I32_0 + b"\xc0" + DROP)),
    ("saturating-float-to-int", function(UNREACHABLE + b"\xfc\0" + DROP)),
    ("multi-value", types(func([], [I32, I32]))),
    ("multi-value", function(I32_0 + b"\x02\1" + DROP + END, func(), types=[func([I32])])),
    ("bulk-memory", function(UNREACHABLE + b"\xfc\x0b\0", func(), MEMORY)),
    ("bulk-memory", module(DATA)),
    ("bulk-memory", module(build.raw_section(build.DATA_COUNT, b"\0"), section(build.DATA))),
    ("bulk-memory", module(section(build.ELEMENT, b"\1\0\0"))),
    ("reference-types", types(func([EXTERNREF]))),
    ("reference-types", types(func([FUNCREF]))),
    ("reference-types", tables(FUNCREF + b"\0\0", FUNCREF + b"\0\0")),
    ("reference-types", tables(EXTERNREF + b"\0\0")),
    ("reference-types", module(section(build.ELEMENT, b"\3\0\0"))),
    ("reference-types", function(UNREACHABLE + b"\x1c\1\x7f" + DROP)),
    ("simd", types(func([V128]))),
    ("simd", function(UNREACHABLE + b"\xfd\x0f" + DROP)),
    ("relaxed-simd", function(UNREACHABLE + b"\xfd\x80\2" + DROP)),
    ("multi-memory", module(section(build.MEMORY, b"\0\0", b"\0\0"))),
    ("memory64", module(section(build.MEMORY, b"\4\0"))),
    ("memory64", tables(FUNCREF + b"\4\0")),
    ("tail-call", function(b"\x12\0")),
    ("function-references", types(func([ref(FUNCREF)]))),
    ("function-references", types(func(), func([ref(b"\0", null=True)]))),
    ("function-references", function(UNREACHABLE + b"\xd4" + DROP)),
    ("function-references", module(section(build.TABLE, b"\x40\0\x70\0\0\xd0\x70" + END))),
    ("gc", types(struct())),
    ("gc", types(rec(func(), func()))),
    ("gc", types(sub(func()))),
    ("gc", types(func([ref(b"\0")]))),
    ("gc", types(func([ANYREF]))),
    ("gc", function(UNREACHABLE + b"\xd3" + DROP)),
    ("exceptions", types(func([EXNREF]))),
    ("exceptions", function(b"", func(), section(build.TAG, b"\0\0"))),
    ("exceptions", function(b"\x1f\x40\0" + END)),
    ("threads", module(section(build.MEMORY, b"\3\0\1"))),
    ("threads", function(b"\xfe\3\0")),
    ("custom-page-sizes", module(section(build.MEMORY, b"\x08\0\0"))),
    ("wide-arithmetic", function(I64_0 * 4 + b"\xfc\x13" + DROP + DROP)),
    ("legacy-exceptions", function(b"\x06\x40" + END)),
    ("mutable-globals", module(section(build.IMPORT, name("m") + name("g") + b"\3\x7f\1"))),
    (
        "mutable-globals",
        module(
            section(build.GLOBAL, I32 + b"\1" + I32_0 + END),
            section(build.EXPORT, name("g") + b"\3\0"),
        ),
    ),
]


@pytest.mark.parametrize(("feature", "wasm"), MODULES)
def test_feature_that_is_off(feature: str, wasm: bytes) -> None:
    accept(wasm, ALL)
    # Tags came with the first version of exceptions.
    off = ALL - {feature, "legacy-exceptions"} if feature == "exceptions" else ALL - {feature}
    assert f"feature {feature}" in refusal(wasm, off).message


def test_defaults() -> None:
    for feature, wasm in MODULES:
        if feature in DEFAULT_FEATURES:
            accept(wasm)
        else:
            refuse(wasm, f"feature {feature} is not enabled")


def test_version_1_alone() -> None:
    elements = section(build.ELEMENT, b"\0" + I32_0 + END + b"\1\0")
    accept(function(I32_0 + b"\x11\0\0", func(), TABLE, MEMORY, elements), frozenset())
    refuse(module(DATA), "feature bulk-memory", frozenset())


def test_throw_belongs_to_both_versions_of_exceptions() -> None:
    wasm = function(b"\x08\0", func(), section(build.TAG, b"\0\0"))
    accept(wasm, ALL - {"exceptions"})
    accept(wasm, ALL - {"legacy-exceptions"})
    refuse(wasm, "feature exceptions", ALL - {"exceptions", "legacy-exceptions"})


@pytest.mark.parametrize("constant", [False, True])
def test_every_instruction_has_a_rule(constant: bool) -> None:
    assert set(rules(ALL, constant)) == set(OPCODES.values())
    for opcode, rule in rules(ALL, constant).items():
        assert rule.check is not None or rule.params is not None, opcode
