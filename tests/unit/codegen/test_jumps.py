"""Jumps in compiled code: the same meaning as the portable form, and still code that Python's tools understand."""

from __future__ import annotations

import io
import linecache
import pdb
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest
import wasmtime

import wasm2py
from tests.support.engine import load
from wasm2py import wiring
from wasm2py.options import Options
from wasm2py.wiring import WiringError, can_wire, wire
from wasm2py_runtime import Trap

pytestmark = pytest.mark.skipif(not can_wire(), reason="no jumps on this Python")
PORTABLE = Options(disabled_passes=("jumps",))


def function(text: str) -> Callable[..., Any]:
    """The only function of a text with marks."""
    scope: dict[str, Any] = {}
    exec(wire(compile(text, "text.py", "exec")), scope)
    return next(value for value in scope.values() if isinstance(value, FunctionType))


def test_jumps_forward_and_back() -> None:
    f = function("""
def f(n):
    total = 0
    goto_2
    label_1
    total += n
    n -= 1
    label_2
    if n > 0:
        goto_1
    return total
""")
    assert f(4) == 10 and f(0) == 0


def test_a_label_behind_a_return_is_kept() -> None:
    f = function("""
def f(n):
    if n:
        goto_1
    if always:
        return 1
    label_1
    if always:
        while True:
            if n > 5:
                goto_2
            n += 1
            if n == 4:
                return 2
    label_2
    return 3
""")
    assert [f(0), f(1), f(4)] == [1, 2, 3]


def test_always_costs_no_name() -> None:
    f = function("def f():\n    if always:\n        return 1\n    label_1\n    return 2\n")
    assert f() == 1


def test_a_label_that_compile_copies() -> None:
    f = function("""
def f(n, x):
    if n == 3:
        goto_1
    if n:
        x += 1
    else:
        x += 2
    label_1
    return x
""")
    assert [f(0, 10), f(1, 10), f(3, 10)] == [12, 11, 10]


@pytest.mark.parametrize("statements", [1, 10, 1000, 12000])
def test_long_jumps(statements: int) -> None:
    """With no, one and two prefixes, in both directions; and names beyond the first 128."""
    filler = "    x = (x * 3 + n) % 1000003\n" * statements
    names = "    if n < 0:\n" + "".join(f"        name_{k}\n" for k in range(200))
    text = f"""
def f(n):
    x = 0
{names}    label_1
    if n == 0:
        goto_2
{filler}    n -= 1
    goto_1
    label_2
    return x
"""
    expected = 0
    for n in (3, 2, 1):
        for _ in range(statements):
            expected = (expected * 3 + n) % 1000003
    f = function(text)
    assert f(3) == expected
    assert statements < 12000 or len(f.__code__.co_code) > 2 * 65536


@pytest.mark.parametrize("body", ["goto_1", "goto_1\n    return 1\n    label_1", "x = label_1", "return always"])
def test_marks_that_are_not_where_they_should_be(body: str) -> None:
    with pytest.raises(WiringError):
        wire(compile(f"def f():\n    {body}\n", "text.py", "exec"))


def test_code_without_marks_is_left_alone() -> None:
    code = compile("def f(goto):\n    return goto.label_1\n", "text.py", "exec")
    assert wire(code) == code
    code = compile("def f(goto_1):\n    return goto_1\n", "text.py", "exec")
    assert wire(code) is code


def machine(states: int, shared: int) -> bytes:
    """A loop around a br_table whose cases go on at a few shared places."""
    body = f"(br_table {' '.join(f'$c{k}' for k in range(states))} $c0 (local.get $state))"
    for k in range(states):
        next_ = f"(i32.add (local.get $state) (i32.const {5 * k + 3}))"
        step = f"(local.set $state (i32.and {next_} (i32.const {states - 1})))"
        mix = f"(local.set $a (i32.xor (local.get $a) (i32.const {77 * k + 5})))"
        body = f"(block $c{k} {body}) {mix} {step} (br $s{k % shared})"
    for k in range(shared):
        body = f"(block $s{k} {body}) (local.set $a (i32.add (local.get $a) (i32.const {k + 1}))) (br $next)"
    return wasmtime.wat2wasm(
        f'(module (func (export "f") (param $n i32) (result i32) (local $state i32) (local $a i32) (loop $l '
        f"(block $next {body}) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (local.get $a)))"
    )


def loops(count: int) -> bytes:
    body = "(local.set $r (i32.add (local.get $r) (i32.const 1)))"
    for k in range(count):
        again = f"(br_if $l{k} (local.tee $i{k} (i32.sub (local.get $i{k}) (i32.const 1))))"
        body = f"(local.set $i{k} (i32.const {2 - k % 2})) (loop $l{k} {body} {again})"
    names = " ".join(f"(local $i{k} i32)" for k in range(count))
    return wasmtime.wat2wasm(
        f'(module (func (export "f") (param i32) (result i32) (local $r i32) {names} {body} (local.get $r)))'
    )


@pytest.mark.parametrize("wasm", [machine(64, 2), machine(64, 16), loops(17), loops(25)], ids=["2", "16", "17", "25"])
def test_the_same_result_as_the_portable_form(wasm: bytes) -> None:
    jumps, portable = load(wasm), load(wasm, PORTABLE)
    assert jumps.Module().exports.f(300) == portable.Module().exports.f(300)
    assert "state" in text_of(portable) or "state" not in text_of(jumps)


def text_of(module: Any) -> str:
    text: str = module.__loader__.get_source(module.__name__)
    return text


def test_only_what_is_wired_here_has_marks() -> None:
    assert "goto_" in text_of(load(machine(64, 2)))
    assert "goto_" not in text_of(load(machine(64, 2), PORTABLE))
    assert "goto_" not in wasm2py.compile(machine(64, 2), name="m.wasm")


def test_the_cache_keeps_the_jumps(tmp_path: Path) -> None:
    first, second = (wasm2py.load(machine(64, 2), name="m.wasm", cache=tmp_path) for _ in range(2))
    assert text_of(first) == text_of(second)
    assert first.Module().exports.f(50) == second.Module().exports.f(50)


def test_without_jumps_where_this_python_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "can_wire", lambda: False)
    assert "goto_" not in text_of(load(machine(64, 2)))


def test_without_jumps_where_a_mark_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(code: CodeType) -> bytes:
        raise WiringError

    monkeypatch.setattr(wiring, "_with_jumps", fail)
    module = load(machine(64, 2))
    assert "goto_" not in text_of(module)
    assert module.Module().exports.f(3) == load(machine(64, 2)).Module().exports.f(3)


TRAPPING = """
(module (func (export "f") (param $n i32) (result i32) (local $r i32) (local $s i32)
  (loop $outer
    (loop $inner
      (local.set $r (i32.div_u (i32.const 100) (local.get $n)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $outer (i32.gt_u (local.get $r) (i32.const 30)))
      (br_if $inner (i32.gt_u (local.get $r) (i32.const 20))))
    (local.set $s (local.get $r))
    (loop $wait (br_if $wait (local.tee $s (i32.shr_u (local.get $s) (i32.const 1)))))
    (br_if $outer (i32.eq (local.get $r) (i32.const 1))))
  (local.get $r)))
"""


def trapping(directory: Path) -> Any:
    module = wasm2py.load(wasmtime.wat2wasm(TRAPPING), name="trapping.wasm", cache=directory)
    assert "goto_" in text_of(module)
    return module.Module()


def test_a_traceback_shows_the_line_of_the_trap(tmp_path: Path) -> None:
    with pytest.raises(Trap) as caught:
        trapping(tmp_path).exports.f(0)
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert any(frame.line and "100 //" in frame.line for frame in frames)


def test_a_tracer_sees_every_line(tmp_path: Path) -> None:
    instance = trapping(tmp_path)
    seen: list[str] = []

    def tracer(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename.startswith(str(tmp_path)) and event == "line":
            seen.append(linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip())
        return tracer

    sys.settrace(tracer)
    try:
        assert instance.exports.f(2) == 20
    finally:
        sys.settrace(None)
    assert sum("100 //" in line for line in seen) == 4
    assert all(seen)


def test_pdb_stops_and_shows_variables(tmp_path: Path) -> None:
    instance = trapping(tmp_path)
    path, lines = next((path, path.read_text().split("\n")) for path in tmp_path.glob("*.py"))
    output = io.StringIO()
    commands = "continue\np ('n', n)\nnext\np ('r', r)\ncontinue\n"
    debugger = pdb.Pdb(stdin=io.StringIO(commands), stdout=output, nosigint=True, readrc=False)
    line = next(k for k, text in enumerate(lines, 1) if "100 //" in text)
    assert debugger.set_break(str(path), line, cond="n == 4") is None
    assert debugger.runcall(instance.exports.f, 2) == 20
    assert "('n', 4)" in output.getvalue() and "('r', 25)" in output.getvalue()
