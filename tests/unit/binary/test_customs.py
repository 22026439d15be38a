"""Custom sections that are parsed, and that nothing in them refuses a module."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.binary import build
from wasm2py.binary import decode
from wasm2py.binary.metadata import BranchHints, Dylink, Producers, TargetFeatures
from wasm2py.binary.names import NameSection


def parsed(title: str, contents: bytes) -> Any:
    module = decode(build.module(build.custom(title, contents)))
    assert not module.warnings
    return module.parsed_customs[title]


def namemap(names: dict[int, str]) -> bytes:
    return build.vec(*[build.u32(index) + build.name(name) for index, name in names.items()])


def indirect(names: dict[int, dict[int, str]]) -> bytes:
    return build.vec(*[build.u32(index) + namemap(inner) for index, inner in names.items()])


def test_name_section() -> None:
    plain, nested = {0: "a", 200: "é\0"}, {1: {0: "x", 1: ""}, 300: {}}
    contents = build.raw_section(0, build.name("m"))
    for number in range(1, 12):
        contents += build.raw_section(number, indirect(nested) if number in (2, 3, 10) else namemap(plain))
    assert parsed("name", contents) == NameSection(
        "m", plain, nested, nested, plain, plain, plain, plain, plain, plain, nested, plain
    )


def test_unknown_subsections_are_passed_over() -> None:
    contents = build.raw_section(99, b"anything") + build.raw_section(1, namemap({0: "f"}))
    assert parsed("name", contents) == NameSection(functions={0: "f"})
    assert parsed("name", b"") == NameSection()
    assert parsed("dylink.0", build.raw_section(99, b"anything")) == Dylink()


def test_producers() -> None:
    tools = build.vec(build.name("clang") + build.name("19"), build.name("lld") + build.name(""))
    contents = build.vec(build.name("processed-by") + tools, build.name("sdk") + b"\0")
    assert parsed("producers", contents) == Producers({"processed-by": (("clang", "19"), ("lld", "")), "sdk": ()})


def test_target_features() -> None:
    contents = build.vec(b"+" + build.name("simd128"), b"-" + build.name("atomics"), b"=" + build.name("old"))
    assert parsed("target_features", contents) == TargetFeatures(("simd128", "old"), ("atomics",))


def test_dylink() -> None:
    contents = build.raw_section(1, b"\x80\1\4\3\0")
    contents += build.raw_section(2, build.vec(build.name("libc.so")))
    contents += build.raw_section(3, build.vec(build.name("f") + b"\2"))
    contents += build.raw_section(4, build.vec(build.name("env") + build.name("g") + b"\1"))
    contents += build.raw_section(5, build.vec(build.name("/lib")))
    assert parsed("dylink.0", contents) == Dylink(
        128, 4, 3, 0, ("libc.so",), (("f", 2),), (("env", "g", 1),), ("/lib",)
    )


def test_branch_hints() -> None:
    contents = build.vec(b"\3" + build.vec(b"\x05\1\0", b"\x90\1\1\1"))
    assert parsed("metadata.code.branch_hint", contents) == BranchHints({3: {5: False, 144: True}})


@pytest.mark.parametrize(
    ("title", "contents", "message"),
    [
        ("name", build.raw_section(0, b"\1\xff"), "malformed UTF-8 encoding"),
        ("name", build.raw_section(1, b"\2\0\1f"), "unexpected end"),
        ("name", build.raw_section(1, b"\1\0\1f\0"), "subsection size mismatch"),
        ("name", b"\1\xff\xff\xff\xff\x0f", "length out of bounds"),
        ("name", b"\x63\5abcd", "unexpected end"),
        ("producers", b"\0\0", "junk after the last entry"),
        ("target_features", b"\1?\0", "malformed feature policy"),
        ("dylink.0", b"\1\5\1\1\1\1\1", "subsection size mismatch"),
        ("metadata.code.branch_hint", b"\1\0\1\0\2\0", "branch hint of a size"),
        ("metadata.code.branch_hint", b"\1\0\1\0\1\2", "malformed branch hint"),
    ],
)
def test_malformed_ones_are_warnings(title: str, contents: bytes, message: str) -> None:
    module = decode(build.module(build.custom(title, contents)))
    assert not module.parsed_customs
    assert [section.name for section in module.customs] == [title]
    (warning,) = module.warnings
    assert repr(title) in warning
    assert message in warning
    assert "at byte" in warning


def test_the_first_of_several_counts() -> None:
    first, second = (build.custom("name", build.raw_section(0, build.name(name))) for name in "ab")
    module = decode(build.module(first, second))
    assert module.parsed_customs["name"].module == "a"
    assert len(module.customs) == 2
    assert "again" in module.warnings[0]
