"""Room on Python's stack: who gets it, what it saves, and that nothing else tells whether it is there."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.wat import load
from wasm2py.options import Options
from wasm2py_runtime import ExhaustionError, MemoryOutOfBounds, room

needs_room = pytest.mark.skipif(not room.AVAILABLE, reason="this Python keeps frames in another way")

MODULE = """(module
  (import "env" "host" (func $host (param i32) (result i32)))
  (memory 1)
  (type $unary (func (param i32) (result i32)))
  (table 1 funcref) (elem (i32.const 0) $calls_host)
  (func (export "leaf") (param i32) (result i32) (local.get 0))
  (func $calls_host (export "calls_host") (param i32) (result i32) (call $host (local.get 0)))
  (func (export "calls") (param i32) (result i32) (call $calls_host (local.get 0)))
  (func (export "calls_table") (param i32) (result i32) (call_indirect (type $unary) (local.get 0) (i32.const 0)))
  (func (export "leaves") (param i32) (result i32) (return_call $calls_host (local.get 0)))
  (func (export "reads") (param i32) (result i32) (call $calls_host (i32.load (local.get 0)))))"""
NESTING = ["calls", "calls_table", "leaves", "reads"]


def nesting(options: Options) -> list[str]:
    """The exports whose functions may get room."""
    exports = load(MODULE, options).Module(env_host=abs).exports
    return [name for name in exports if hasattr(exports[name].wasm_raw, "wasm_pace")]


def has_room(call: Callable[[Any], Any]) -> bool:
    """Whether there is room while a function given to ``call`` runs."""
    seen: list[bool] = []

    def look(*_: int) -> int:
        frames = traceback.walk_stack(None)
        seen.append(any(frame.f_code.co_filename == room.FILENAME for frame, _ in frames))
        return 0

    call(look)
    return seen == [True]


@needs_room
def test_functions_that_call_others_of_the_module_may_get_room() -> None:
    assert nesting(Options()) == nesting(Options(optimize=1)) == NESTING


@pytest.mark.parametrize("options", [Options(disabled_passes=("stack-room",)), Options(optimize=0)], ids=str)
def test_none_gets_it_where_it_is_switched_off(options: Options) -> None:
    assert nesting(options) == []


@needs_room
@pytest.mark.parametrize("name", NESTING)
def test_there_is_room_while_calls_last(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = load(MODULE).Module
    host: Any = abs
    first, second = [definition(env_host=lambda n: host(n)).exports[name] for _ in range(2)]

    def call(look: Any) -> None:
        nonlocal host
        host = look
        function(8)

    function = first
    assert has_room(call)  # nobody knows yet how long it lasts
    assert not has_room(call)  # it was short
    function = second
    assert not has_room(call)  # another instance knows
    monkeypatch.setattr(room, "_WORTH", 0.0)  # so every call lasts, which shows when one is measured again
    assert [has_room(call) for _ in range(34)] == [False] * 32 + [True] * 2
    monkeypatch.setattr(room, "_WORTH", 1e9)
    assert [has_room(call) for _ in range(3)] == [True, False, False]


def test_what_counts_is_how_long_calls_last_on_average() -> None:
    pace = room.Pace()
    for _ in range(3):
        assert pace.note(1.0) == pace.note(1e-6) == 0
        assert pace.lasts
    for _ in range(100):
        unmeasured = pace.note(1e-6)
    assert not pace.lasts and unmeasured > 0
    assert pace.note(1.0) == 0
    assert pace.lasts


@needs_room
def test_a_start_function_has_room() -> None:
    text = '(module (import "env" "host" (func $host)) (start $main) (func $main (call $host)))'
    assert has_room(lambda host: load(text).Module(env_host=lambda: host() or None))


def test_traps_leave_through_it() -> None:
    exports = load(MODULE).Module(env_host=abs).exports
    with pytest.raises(MemoryOutOfBounds) as caught:
        exports.reads(65536)
    names = [entry.name for entry in traceback.extract_tb(caught.value.__traceback__)]
    assert names.count("room") == room.AVAILABLE
    assert names[1] == names[-1] == "reads"


def test_exceptions_of_hosts_leave_through_it() -> None:
    def fail(_: int) -> int:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        load(MODULE).Module(env_host=fail).exports.calls(1)


def test_recursion_of_a_host_stays_its_own() -> None:
    """Room is not another entry into WebAssembly, which would make the exhausted stack the module's."""

    def endless(n: int) -> int:
        return endless(n + 1)

    with pytest.raises(RecursionError) as caught:
        load(MODULE).Module(env_host=endless).exports.calls(1)
    assert not isinstance(caught.value, ExhaustionError)


@pytest.mark.parametrize("name", NESTING)
def test_recursion_through_a_host_is_exhaustion(name: str) -> None:
    exports = load(MODULE).Module(env_host=lambda n: exports[name](8)).exports
    with pytest.raises(ExhaustionError):
        exports[name](8)


@needs_room
@pytest.mark.skipif(sys.platform != "linux", reason="counts what Linux counts")
def test_calls_with_room_need_no_new_memory() -> None:
    """At whatever depth a loop calls: without room some depths ask the system for memory at each call."""
    resource = pytest.importorskip("resource")

    def callee() -> None:
        pass

    def faults_at(depth: int) -> int:
        if depth:
            return faults_at(depth - 1)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(500):
            callee()
        return int(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)

    with_room = max(room.call_with_room(lambda depth=depth: faults_at(depth)) for depth in range(200))  # type: ignore[misc]
    assert with_room < 500
    if sys.version_info < (3, 14):
        assert max(map(faults_at, range(200))) >= 500
