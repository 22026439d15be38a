"""Reserving address space: given back when dropped, smaller where there is little, refused where there is none."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wasm2py_runtime import Memory, reservation

MAPS = Path("/proc/self/maps")
needs_proc = pytest.mark.skipif(not MAPS.exists(), reason="needs /proc")
needs_rlimit = pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS is enforced on Linux")


def mapped() -> int:
    """The bytes of address space in mappings of 1 GiB and more."""
    sizes = []
    for line in MAPS.read_text().splitlines():
        low, _, high = line.split()[0].partition("-")
        sizes.append(int(high, 16) - int(low, 16))
    return sum(size for size in sizes if size >= 1 << 30)


def resident() -> int:
    """Resident bytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@needs_proc
def test_dropping_a_memory_gives_everything_back() -> None:
    gc.collect()
    before, start = mapped(), resident()
    for _ in range(1000):
        memory = Memory(16)
        memory.typed_view("u32")[1 << 20 - 4] = 1
        memory.typed_view("f64")
    if sys.implementation.name == "cpython":
        assert mapped() - before < 2 << 32
    del memory
    gc.collect()
    gc.collect()
    assert mapped() == before
    assert resident() - start < 64 << 20


def test_a_memory_of_16_mib_is_there_at_once() -> None:
    best = 1.0
    for _ in range(5):
        start = time.process_time()
        Memory(256).typed_view("u8")
        best = min(best, time.process_time() - start)
    assert best < 0.002


@needs_proc
@pytest.mark.parametrize("limit", ["_YOUNG_PRESSURE", "_PRESSURE"])
def test_garbage_is_collected_when_new_memories_weigh_much(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cyclic:
        def __init__(self) -> None:
            self.memory, self.me = Memory(64, 64), self

    monkeypatch.setattr(reservation, limit, 32 << 20)
    gc.collect()
    start = resident()
    peak = 0
    for _ in range(60):
        cyclic = Cyclic()
        cyclic.memory.fill(0, 1, 64 << 16)
        peak = max(peak, resident() - start)
    del cyclic
    gc.collect()
    assert peak < 100 << 20


LITTLE_SPACE = """
import resource
limit = {limit} << 20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
from wasm2py_runtime import Memory
memory = Memory({minimum})
print(memory.grow(16), memory.grow(60000), memory.size)
memory.typed_view("u32")[len(memory) - 4] = 5
rest = bytearray({rest} << 20)
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    runtime = str(Path(reservation.__file__).parents[1])
    code = f"import sys; sys.path.insert(0, {runtime!r})\n" + code
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)


@needs_rlimit
def test_little_address_space_means_a_smaller_reservation() -> None:
    done = run(LITTLE_SPACE.format(limit=1024, minimum=16, rest=100))
    assert (done.returncode, done.stdout) == (0, "16 -1 32\n"), done.stderr


@needs_rlimit
def test_too_little_address_space_is_a_memory_error() -> None:
    done = run(LITTLE_SPACE.format(limit=512, minimum=16000, rest=1))
    assert done.returncode == 1
    assert "MemoryError: no address space for a WebAssembly memory of 1048576000 bytes" in done.stderr


def test_halving_stops_at_the_minimum(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = reservation._map

    def small_only(length: int, shared: bool) -> object:
        asked.append(length >> 16)
        if length > 3 << 20:
            raise OSError(12, "Cannot allocate memory")
        return real(length, shared)

    monkeypatch.setattr(reservation, "_map", small_only)
    memory = Memory(20, 1000)
    assert asked[2:] == [500, 250, 125, 63, 32, 20]
    assert memory.grow(1) == -1
    assert memory.grow(0) == 20
    with pytest.raises(MemoryError):
        Memory(100, 1000)
