"""Whatever a guest passes to its environment, it gets an error or a trap, and the host no surprise."""

from __future__ import annotations

import contextlib
import itertools
import math
import random
from typing import Any

import pytest

from wasm2py_runtime import Trap
from wasm2py_runtime.emscripten import Emscripten
from wasm2py_runtime.emscripten.outcomes import Unwinding
from wasm2py_runtime.emscripten.registry import FUNCTIONS
from wasm2py_runtime.wasi import ProcExit, WasiConfig

from .reexporting import Guest

_INTEGERS = [0, 1, 3, 7, 64, 1024, 65535, 2 * 65536 - 1, 2 * 65536, 2**31 - 1, -(2**31), -1, -100]
_WIDE = [0, 1, -1, 2**31, 2**53, 2**63 - 1, -(2**63)]
_FLOATS = [0.0, -1.0, 0.5, 1e300, -math.inf, math.inf, math.nan]
_VALUES: dict[str, list[Any]] = {"i": _INTEGERS, "p": _INTEGERS, "j": _WIDE, "f": _FLOATS, "d": _FLOATS}
_CASES = [
    (name, signature)
    for name, functions in FUNCTIONS.items()
    for function in functions
    for signature in function.signatures.split()
]


def config() -> WasiConfig:
    return WasiConfig.deterministic(["prog"], directories={"/": {"file": b"abc", "dir": {}}}, stdout=None, stderr=None)


@pytest.mark.parametrize(("name", "signature"), _CASES)
def test_any_arguments(name: str, signature: str) -> None:
    host = Emscripten(config())
    guest = Guest(host, **{name: signature})
    guest.memory.write(64, b"/dir\0")
    guest.memory.write(1024, b"/file\0")
    chosen = [_VALUES[letter] for letter in signature[1:]]
    generator = random.Random(name)
    varied = [tuple([generator.choice(values) for values in chosen]) for _ in range(300 if len(chosen) > 1 else 0)]
    for arguments in [*itertools.islice(itertools.product(*chosen), 60), *varied]:
        with contextlib.suppress(Trap, Unwinding, ProcExit):
            guest.instance.exports[name](*arguments)
    host.close()


def test_sleeping_is_bounded_by_the_configuration() -> None:
    slept: list[float] = []
    guest = Guest(Emscripten(WasiConfig(sleep=slept.append)), emscripten_thread_sleep="vd")
    guest.emscripten_thread_sleep(250.0)
    guest.emscripten_thread_sleep(-3.0)
    assert slept == [0.25, 0.0]
