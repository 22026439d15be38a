"""Functions whose code is fetched at their first call are in every other respect like functions that have it."""

from __future__ import annotations

import sys
import threading
import traceback
from types import CellType, CodeType
from typing import Any

import pytest

from wasm2py_runtime import ExhaustionError, InternalError, Table, UndefinedElement, abi, deferred, functions
from wasm2py_runtime.deferred import Deferred
from wasm2py_runtime.functions import inner_code

I32_TO_I32 = abi.FuncType(("i32",), ("i32",))


def code_of(text: str) -> CodeType:
    """The code of a function whose global names are cells."""
    [plain] = [item for item in compile(text, "plain", "exec").co_consts if isinstance(item, CodeType)]
    holder = f"def holder({', '.join(plain.co_names)}):\n    {text}\n"
    [code] = [item for item in compile(holder, "generated", "exec").co_consts if isinstance(item, CodeType)]
    return inner_code(code)


@pytest.fixture(params=[False, True], ids=["by FunctionType", "by statement"])
def by_statement(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to make functions, whatever this Python needs."""
    monkeypatch.setattr(functions, "BY_STATEMENT", request.param)
    monkeypatch.setattr(deferred, "BY_STATEMENT", request.param)


class Fetched:
    """A source of code that remembers what was asked for."""

    def __init__(self, *texts: str) -> None:
        self.codes = [code_of(text) for text in texts]
        self.positions: list[int] = []

    def __call__(self, position: int) -> CodeType:
        self.positions.append(position)
        return self.codes[position]

    def definitions(self) -> list[tuple[Deferred, str, int]]:
        return [
            (Deferred(code.co_freevars, self, position), code.co_name, 0) for position, code in enumerate(self.codes)
        ]


def instance(source: Fetched, *, table: bool = False) -> Any:
    """An instance whose functions all take and give an i32, and are all exported."""
    names = [code.co_name for code in source.codes]
    definitions = source.definitions()

    class Module(abi.Module):
        EXPORTS = tuple(abi.Export(name, I32_TO_I32) for name in names)

        def __init__(self) -> None:
            m = abi.Linkage(self, {"__wasm2py__": 1, "__name__": "test"}, ())
            m.define_functions(definitions, (I32_TO_I32,))
            m.define_table(abi.TableType("funcref", 3, None))
            m.bind_calls("calls0_0", 0, I32_TO_I32)
            m.define_elements(*m.functions)
            m.link()
            m.export("table", "table", 0)
            for index, name in enumerate(names):
                m.export(name, "func", index)
            if table:
                m.init_elements(segment=0, table=0, offset=0)

    return Module()


TWICE = "def twice(l0): return once(once(l0))"
ONCE = "def once(l0): return l0 + 1"
NEVER = "def never(l0): return l0"


def test_code_is_fetched_at_the_first_call_and_only_then() -> None:
    source = Fetched(TWICE, ONCE, NEVER)
    app = instance(source)
    assert source.positions == []
    assert [app.exports.twice(n) for n in (1, 2, 3)] == [3, 4, 5]
    assert source.positions == [0, 1]
    raw = app.exports.twice.wasm_raw
    assert raw.__code__ is source.codes[0]
    assert raw.__kwdefaults__ is None


@pytest.mark.usefixtures("by_statement")
def test_instances_share_the_code() -> None:
    source = Fetched(ONCE)
    definitions = source.definitions()
    cells = {"once": CellType()}
    first, second = (definitions[0][0].stub("once", 1, {}, cells) for _ in range(2))
    assert first(1) == second(1) == 2
    assert first.__code__ is second.__code__
    assert source.positions == [0]


@pytest.mark.usefixtures("by_statement")
def test_references_stay_the_same_through_the_first_call() -> None:
    source = Fetched(TWICE, ONCE, "def through(l0): return calls0_0[l0](7)")
    app = instance(source, table=True)
    before = app.table[1], app.table.get(1), app.table.calls(I32_TO_I32)[1]
    assert app.exports.through(1) == 8
    assert (app.table[1], app.table.get(1), app.table.calls(I32_TO_I32)[1]) == before
    assert app.table[1] is app.exports.once
    assert app.exports.once.type is I32_TO_I32
    other = Table("funcref", 1, None)
    other[0] = app.exports.once
    assert other[0] is app.exports.once
    with pytest.raises(UndefinedElement):
        app.exports.through(3)


@pytest.mark.usefixtures("by_statement")
def test_traps_and_tracebacks_of_a_first_call() -> None:
    app = instance(Fetched("def outer(l0): return once(l0)", "def once(l0): return calls0_0[l0](l0)"))
    with pytest.raises(UndefinedElement) as caught:
        app.exports.outer(99)
    names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert names[-1] == "once"
    assert names.count("outer") == 2  # the export and the function


def test_an_error_while_fetching_passes_and_the_next_call_tries_again() -> None:
    source = Fetched(ONCE)
    broken: list[Exception] = [FileNotFoundError("gone")]

    def fetch(position: int) -> CodeType:
        if broken:
            raise broken.pop()
        return source(position)

    function = Deferred((), fetch, 0).stub("once", 1, {}, {"once": CellType()})
    with pytest.raises(FileNotFoundError):
        function(1)
    assert function(1) == 2


def test_code_with_other_cells_is_refused() -> None:
    function = Deferred(("a", "b"), Fetched("def f(l0): return b + a + c"), 0).stub(
        "f", 1, {}, {"a": CellType(1), "b": CellType(2), "f": CellType()}
    )
    with pytest.raises(InternalError, match="bug in wasm2py"):
        function(1)


def test_a_long_chain_of_first_calls() -> None:
    """No call goes through C; where the stack ends, it ends as it does otherwise."""
    depth = 400
    texts = [f"def f{n}(l0): return f{n + 1}(l0) + 1" for n in range(depth)]
    app = instance(Fetched(*texts, f"def f{depth}(l0): return l0"))
    assert app.exports.f0(5) == depth + 5
    endless = instance(Fetched(*texts, f"def f{depth}(l0): return f0(l0)"))
    for _ in range(2):
        with pytest.raises(ExhaustionError):
            endless.exports.f0(5)


@pytest.mark.usefixtures("by_statement")
def test_threads_at_the_first_call() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(50):
            app = instance(Fetched(TWICE, ONCE))
            results: list[int] = []
            barrier = threading.Barrier(4)

            def work(app: Any = app, results: list[int] = results, barrier: threading.Barrier = barrier) -> None:
                barrier.wait()
                results.append(app.exports.twice(1))

            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert results == [3] * 4
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.parametrize("captured", [0, 1, 2, 30, 255, 256, 300])
@pytest.mark.parametrize("arity", [0, 3])
def test_stubs_of_every_shape(arity: int, captured: int) -> None:
    """A debugger may look at the variables of a stub: the free ones too."""
    names = [f"cell{n:03}" for n in range(captured)]
    parameters = [f"l{n}" for n in range(arity)]
    source = Fetched(f"def f({', '.join(parameters)}): return ({''.join(name + ', ' for name in names + parameters)})")
    cells = {name: CellType(n) for n, name in enumerate(names)}
    function = Deferred(tuple(names), source, 0).stub("f", arity, {}, {**cells, "f": CellType()})
    seen = []

    def tracer(frame: Any, event: str, argument: object) -> None:
        if frame.f_code.co_filename == deferred.STUB:
            seen.append(dict(frame.f_locals))

    sys.settrace(tracer)
    try:
        assert function(*range(arity)) == (*range(captured), *range(arity))
    finally:
        sys.settrace(None)
    assert len(seen) == 1
    assert [seen[0][f"a{n}"] for n in range(arity)] == list(range(arity))
