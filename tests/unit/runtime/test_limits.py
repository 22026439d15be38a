"""What hosts say of the memories that modules define."""

from __future__ import annotations

import subprocess
import sys
import weakref
from typing import Any

import pytest
import wasmtime

from tests.support.wat import load
from wasm2py_runtime import LimitError, Linker, LinkError, Memory, MemoryType, memory_limits

PROVIDER = """(module (memory (export "memory") 2 10) (memory (export "other") 1)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"""


def test_a_cap_lowers_maxima() -> None:
    module = load(PROVIDER)
    with memory_limits(5):
        capped = module.Module()
    assert capped.memory.type == MemoryType(2, 5)
    assert capped.other.type == MemoryType(1, 5)
    assert (capped.exports.grow(4), capped.exports.grow(3), capped.exports.grow(1)) == (-1, 2, -1)
    assert module.Module().memory.type == MemoryType(2, 10)
    assert Linker(memory_pages=5).instantiate(module).memory.type == MemoryType(2, 5)


def test_a_minimum_above_the_cap_is_refused() -> None:
    with pytest.raises(LimitError, match="memory 0: minimum of 2 pages over limit of 1 pages"):
        Linker(memory_pages=1).instantiate(load(PROVIDER))


def test_limits_of_a_provider_are_parameters() -> None:
    module = load(PROVIDER)
    made = Linker().instantiate(module, memories={0: (7, 9), 1: (3, None)})
    assert (made.memory.type, made.other.type) == (MemoryType(7, 9), MemoryType(3))
    with pytest.raises(LimitError, match="a maximum of 11 pages in place of 10: it can only be lowered"):
        Linker().instantiate(module, memories={0: (7, 11)})
    with pytest.raises(LimitError, match="a maximum of None pages"):
        Linker().instantiate(module, memories={0: (7, None)})
    with pytest.raises(LimitError, match="below its minimum"):
        Linker().instantiate(module, memories={0: (7, 6)})


def test_what_is_impossible_is_refused_when_it_is_instantiated() -> None:
    wasm = bytes(wasmtime.wat2wasm("(module (memory i64 70000))"))
    import wasm2py

    module = wasm2py.load(wasm, cache=False)
    with pytest.raises(LinkError, match="memory 0: a memory of 70000 pages is too large: at most 65535 are possible"):
        module.Module()


NO_ROOM = """
import resource, sys
import wasm2py
from wasm2py_runtime import Linker, Memory
module = wasm2py.load(sys.argv[1], cache=False)
small = Memory(1)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (256 << 20),) * 2)
app = module.Module()
print("grow", app.exports.grow(60000), app.exports.grow(10) >= 0)
for options, limits in (({}, {0: (30000, None)}), ({"reserve_maximum": True}, None)):
    try:
        Linker(**options).instantiate(module, name="app", memories=limits)
    except MemoryError as error:
        print(error)
try:
    Memory(30000)
except MemoryError as error:
    print(error)
print("again", module.Module().exports.grow(0))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="RLIMIT_AS and /proc")
def test_a_machine_without_memory(tmp_path: Any) -> None:
    """memory.grow gives -1, what cannot begin is an error in words, and what there is goes on."""
    wasm = tmp_path / "app.wasm"
    wasm.write_bytes(
        wasmtime.wat2wasm(
            '(module (memory 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))'
        )
    )
    done = subprocess.run([sys.executable, "-c", NO_ROOM, wasm], capture_output=True, text=True, timeout=60)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[0] == "grow -1 True"
    assert lines[1].endswith("memory 0: no address space for a WebAssembly memory of 1966080000 bytes")
    assert "memory 0: there is address space for" in lines[2]
    assert lines[3] == "no address space for a WebAssembly memory of 1966080000 bytes"
    assert lines[4] == "again 1"


def test_instances_give_their_memory_back() -> None:
    """Although they are cyclic: their functions refer to each other. There never are many, however many are made."""
    module = load("""(module (memory (export "memory") 256)
      (func $f (export "f") (param i32) (result i32)
        (if (result i32) (local.get 0) (then (call $f (i32.load8_u (local.get 0)))) (else (i32.const 0)))))""")
    alive: list[weakref.ref[Memory]] = []
    for _ in range(1000):
        alive = [ref for ref in alive if ref()]
        assert len(alive) < 20
        alive.append(weakref.ref(module.Module().memory))


@pytest.mark.parametrize(
    "arguments, error",
    [
        (("1",), TypeError),
        ((1.5,), TypeError),
        ((-1,), ValueError),
        ((2, 1), ValueError),
        ((1, None, True), ValueError),
        ((1, 2, False, "i16"), ValueError),
        ((1, 2, False, "i32", 3), ValueError),
        ((None,), TypeError),
    ],
)
def test_impossible_memories(arguments: tuple[Any, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        Memory(*arguments)
