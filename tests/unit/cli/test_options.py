"""Options: what is checked, and the text form."""

from __future__ import annotations

from typing import Any

import pytest

from wasm2py.features import DEFAULT_FEATURES
from wasm2py.options import Options


def test_text_of_the_defaults() -> None:
    assert str(Options()) == "-O2 --target=cpython"


def test_text_is_stable_and_tells_everything() -> None:
    features = DEFAULT_FEATURES - {"simd", "gc"} | {"wide-arithmetic"}
    options = Options(0, "pypy", features, ("merge-blocks", "dead-values", "merge-blocks"))
    assert str(options) == (
        "-O0 --target=pypy --features=+wide-arithmetic,-gc,-simd --disable-pass=dead-values --disable-pass=merge-blocks"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"optimize": 3}, "unknown optimisation level 3"),
        ({"target": "jython"}, "unknown target 'jython'"),
        ({"features": frozenset({"warp"})}, "unknown feature 'warp'"),
    ],
)
def test_unknown_values_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Options(**arguments)
