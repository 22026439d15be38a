"""Deep recursion is ExhaustionError and never a crash, on the main thread and on threads with small stacks."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Optional

import pytest

from wasm2py_runtime import set_call_depth, stack

CHEAP_CALLS = sys.implementation.name == "cpython" and sys.version_info >= (3, 11)

#: A module whose one function calls its import without end, and hosts that call it back in every way there is.
SCRIPT = """
import functools, sys, threading
from wasm2py_runtime import ExhaustionError, abi

__wasm2py__ = 1
TYPES = (abi.FuncType(("i32",), ("i32",)),)

def _0(again):
    def again(n):
        return again(n + 1)
    return again

def _1(host):
    def recurse(n):
        return host(n + 1)
    return recurse

class Module(abi.Module):
    IMPORTS = (abi.Import("host", "env", "host", TYPES[0]),)
    def __init__(self, *, host):
        m = abi.Linkage(self, globals(), (host,))
        m.bind_functions("host")
        m.define_functions(((_0, "again", 0), (_1, "recurse", 0)), TYPES)
        m.link()
        m.export("again", "func", 1)
        m.export("recurse", "func", 2)

def function(n):
    return app.exports.recurse(n)

class Object:
    def __call__(self, n):
        return function(n)
    def method(self, n):
        return function(n)

hosts = {
    "direct": None,
    "function": function,
    "object": Object(),
    "method": Object().method,
    "partial": functools.partial(function),
    "partial object": functools.partial(Object()),
    "lru_cache": functools.lru_cache(maxsize=None)(function),
    "builtin": function.__call__,
    "decorated": lambda *arguments: function(*arguments),
}
size, kind, repeat = int(sys.argv[1]), sys.argv[2], 3
app = Module(host=hosts[kind] or abs)

def run():
    for _ in range(repeat):
        try:
            (app.exports.recurse if hosts[kind] else app.exports.again)(0)
        except ExhaustionError as error:
            print(error)

if size:
    threading.stack_size(size * 1024)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
else:
    run()
"""
KINDS = ["direct", "function", "object", "method", "partial", "partial object", "lru_cache", "builtin", "decorated"]


def run(size: int, kind: str, depth: Optional[int] = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(stack.__file__).parents[1])}
    if depth is not None:
        environment["WASM2PY_CALL_DEPTH"] = str(depth)
    command = [sys.executable, "-c", SCRIPT, str(size), kind]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [0, 64, 256] if CHEAP_CALLS else [0])
def test_recursion_without_end_is_exhaustion(size: int, kind: str) -> None:
    done = run(size, kind)
    assert (done.returncode, done.stdout) == (0, "call stack exhausted\n" * 3), done.stderr


@pytest.mark.skipif(not CHEAP_CALLS, reason="calls use the C stack here")
@pytest.mark.parametrize("size", [64, 256])
@pytest.mark.parametrize("kind", ["direct", "function", "partial"])
def test_a_larger_depth_is_safe(size: int, kind: str) -> None:
    done = run(size, kind, 50_000)
    assert (done.returncode, done.stdout) == (0, "call stack exhausted\n" * 3), done.stderr


def test_a_wrong_depth_says_so() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(stack.__file__).parents[1]), "WASM2PY_CALL_DEPTH": "deep"}
    command = [sys.executable, "-c", "import wasm2py_runtime"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "WASM2PY_CALL_DEPTH must be a number of calls, not 'deep'" in done.stderr


def test_the_limit_is_only_raised() -> None:
    before = sys.getrecursionlimit()
    try:
        set_call_depth(before + 100)
        stack.prepare()
        assert sys.getrecursionlimit() == before + 100
        set_call_depth(10)
        stack.prepare()
        assert sys.getrecursionlimit() == before + 100
        set_call_depth(0)
        stack.prepare()
        sys.setrecursionlimit(before)
        stack.prepare()
        assert sys.getrecursionlimit() == before
        set_call_depth(None)
        stack.prepare()
        assert sys.getrecursionlimit() >= (stack.DEFAULT_CALL_DEPTH if CHEAP_CALLS else before)
    finally:
        set_call_depth(None)
        sys.setrecursionlimit(before)
    with pytest.raises(ValueError):
        set_call_depth(-1)


@pytest.mark.skipif(sys.platform != "linux", reason="asks the C library of Linux")
def test_the_size_of_the_stack_is_known() -> None:
    pytest.importorskip("ctypes")
    from wasm2py_runtime._thread_stack import stack_size

    sizes: list[int] = []
    before = threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=lambda: sizes.append(stack_size()))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert 512 * 1024 <= sizes[0] + 65536 <= 1024 * 1024
    assert stack_size() >= 512 * 1024
