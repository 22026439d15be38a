"""Random modules give the same results, traps and state on wasm2py as on wasmtime.

``WASM2PY_HYPOTHESIS=deep`` searches for longer, with new examples every time. A failure that it finds becomes a file
in ``regressions/``: the WAT text, after a first line with the calls to make.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

wasmtime = pytest.importorskip("wasmtime", reason="wasmtime is what wasm2py is compared with")

from tests.differential.engines import on_wasm2py, on_wasmtime  # noqa: E402
from tests.differential.generator import Program, program  # noqa: E402
from wasm2py.options import Options  # noqa: E402

REGRESSIONS = sorted(Path(__file__).with_name("regressions").glob("*.wat"))

#: Enough for a module that uses up its budget; where they end, choices are the plainest.
SIZE = 1200

#: The deep profile says itself how many.
EXAMPLES = settings().max_examples if settings().max_examples > 1000 else 60


def compare(program: Program, options: Options) -> None:
    wasm = wasmtime.wat2wasm(program.wat)
    assert on_wasm2py(wasm, program, options) == on_wasmtime(wasm, program)


# The runtime raises the recursion limit when it first makes an instance, which hypothesis notices.
# Several tests with a part of the examples each, so that they run side by side.
@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("level", [2, 0], ids=["O2", "O0"])
@pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")
def test_random_modules(level: int, part: int) -> None:
    @settings(max_examples=EXAMPLES if level else EXAMPLES // 2)
    @given(st.binary(min_size=SIZE, max_size=SIZE))
    def same(data: bytes) -> None:
        example = program(bytes([part]) + data)
        note(f";; {json.dumps(example.calls)}\n{example.wat}")
        compare(example, Options(optimize=level))

    same()


@pytest.mark.parametrize("level", [2, 0], ids=["O2", "O0"])
@pytest.mark.parametrize("file", REGRESSIONS, ids=lambda file: file.stem)
def test_regression(file: Path, level: int) -> None:
    """Modules that once went wrong."""
    first, wat = file.read_text().split("\n", 1)
    calls = tuple((name, tuple(arguments)) for name, arguments in json.loads(first.removeprefix(";;")))
    compare(Program(wat, calls), Options(optimize=level))
