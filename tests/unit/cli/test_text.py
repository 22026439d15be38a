"""Names from modules, made fit to print and to be file names."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasm2py.text import identifier, printable, quoted, size_text


@given(st.text())
def test_printable_has_no_control_characters(text: str) -> None:
    assert printable(text).isprintable()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("größe", "größe"),
        ("a\nb", r"a\nb"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x00", r"\x00"),
        ("\u202eevil", r"\u202eevil"),
        ("\udc80", r"\udc80"),
    ],
)
def test_printable(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_printable_is_cut() -> None:
    assert len(printable("x" * 10_000, 50)) == 50


def test_quoted_is_unambiguous() -> None:
    assert quoted('"); import os #') == r'"\"); import os #"'
    assert quoted("\n") == r'"\n"'
    assert quoted(r"\n") == r'"\\n"'


@given(st.text())
def test_identifier(text: str) -> None:
    name = identifier(text)
    assert name.isidentifier()
    assert name.isascii()
    assert not keyword.iskeyword(name)


def test_size_text() -> None:
    assert [size_text(size) for size in (0, 1023, 1024, 1536, 1 << 30, 1 << 42)] == [
        "0 B",
        "1023 B",
        "1.0 KiB",
        "1.5 KiB",
        "1.0 GiB",
        "4096.0 GiB",
    ]
