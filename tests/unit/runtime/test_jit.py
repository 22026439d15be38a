"""The parameters of PyPy's compiler: set once, as asked, and nothing where there is no PyPy."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Optional

import pytest

from wasm2py_runtime import jit


@pytest.fixture
def parameters(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What ``pypyjit.set_param`` is called with; it refuses what has no ``=``."""
    seen: list[str] = []

    def set_param(text: str) -> None:
        if "=" not in text:
            raise ValueError("error in JIT parameters string")
        seen.append(text)

    module = ModuleType("pypyjit")
    module.set_param = set_param  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pypyjit", module)
    monkeypatch.setattr(jit, "_tuned", False)
    return seen


@pytest.mark.parametrize(
    "asked, expected",
    [
        (None, [jit.PARAMETERS]),
        ("", [jit.PARAMETERS]),
        ("threshold=9", ["threshold=9"]),
        ("default", []),
    ],
)
def test_parameters_are_set_once(
    parameters: list[str], monkeypatch: pytest.MonkeyPatch, asked: Optional[str], expected: list[str]
) -> None:
    monkeypatch.delenv("WASM2PY_JIT", raising=False)
    if asked is not None:
        monkeypatch.setenv("WASM2PY_JIT", asked)
    jit.tune()
    jit.tune()
    assert parameters == expected


def test_wrong_parameters_say_so(parameters: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASM2PY_JIT", "fast")
    with pytest.raises(ValueError, match="WASM2PY_JIT must be parameters as 'pypy --jit' takes them, not 'fast'"):
        jit.tune()
    assert parameters == []


def test_other_interpreters_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypyjit", None)
    monkeypatch.setattr(jit, "_tuned", False)
    jit.tune()
