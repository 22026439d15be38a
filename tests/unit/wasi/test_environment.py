"""Arguments, environment, clocks, random numbers, the end of a program."""

from __future__ import annotations

import time

import pytest

from tests.unit.wasi.driver import DATA, RESULT, Guest
from wasm2py_runtime.wasi import ProcExit, Wasi, WasiConfig
from wasm2py_runtime.wasi.errno import Errno


def test_arguments() -> None:
    guest = Guest(WasiConfig(["prog", "", "ä b"]))
    guest.must("args_sizes_get", RESULT, RESULT + 4)
    assert (guest.u32(RESULT), guest.u32(RESULT + 4)) == (3, 5 + 1 + 5)
    guest.must("args_get", RESULT, DATA)
    assert [guest.memory.read_string(guest.u32(RESULT + 4 * at)) for at in range(3)] == ["prog", "", "ä b"]


def test_environment() -> None:
    guest = Guest(WasiConfig(env={"A": "1", "B": "x=y"}))
    guest.must("environ_sizes_get", RESULT, RESULT + 4)
    assert (guest.u32(RESULT), guest.u32(RESULT + 4)) == (2, 4 + 6)
    guest.must("environ_get", RESULT, DATA)
    assert guest.memory.read(DATA, 10) == b"A=1\0B=x=y\0"


def test_bad_configuration() -> None:
    with pytest.raises(ValueError, match="zero byte"):
        WasiConfig(["a\0b"])
    with pytest.raises(TypeError, match="an argument must be a str, not bytes"):
        WasiConfig([b"a"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="a path or a dict"):
        WasiConfig(directories={"/": 5})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="an empty path"):
        WasiConfig(directories={"": {}})
    with pytest.raises(ValueError, match="max_open_files: 3 are too few"):
        WasiConfig(directories={"/": {}}, max_open_files=3)


def test_clocks() -> None:
    guest = Guest(WasiConfig())
    before = time.time_ns()
    guest.must("clock_time_get", 0, 1, RESULT)
    assert before <= guest.u64() <= time.time_ns()
    for clock in range(4):
        guest.must("clock_time_get", clock, 0, RESULT)
        guest.must("clock_res_get", clock, RESULT)
        assert 1 <= guest.u64() < 10**9
    assert guest.call("clock_time_get", 4, 0, RESULT) == Errno.EINVAL
    assert guest.call("clock_res_get", -1, RESULT) == Errno.EINVAL


def test_random() -> None:
    asked: list[int] = []

    def random(count: int) -> bytes:
        asked.append(count)
        return b"\x07" * count

    guest = Guest(WasiConfig(random=random))
    guest.must("random_get", DATA, 100_000)
    assert sum(asked) == 100_000
    assert guest.memory[DATA : DATA + 100_000] == b"\x07" * 100_000
    assert guest.memory[DATA + 100_000] == 0
    guest.must("random_get", DATA, 0)


def test_random_of_the_system() -> None:
    guest = Guest(WasiConfig())
    guest.must("random_get", DATA, 64)
    assert guest.memory.read(DATA, 64) != bytes(64)


def test_exit() -> None:
    guest = Guest(WasiConfig())
    with pytest.raises(ProcExit) as caught:
        guest.functions["proc_exit"](-1)
    assert caught.value.code == 0xFFFFFFFF


def test_signals() -> None:
    guest = Guest(WasiConfig())
    with pytest.raises(ProcExit) as caught:
        guest.call("proc_raise", 6)
    assert caught.value.code == 134
    guest.must("proc_raise", 0)
    assert guest.call("proc_raise", 31) == Errno.EINVAL


def test_yield() -> None:
    Guest(WasiConfig()).must("sched_yield")


def test_a_deterministic_configuration_repeats_itself() -> None:
    config = WasiConfig.deterministic(seed=5)

    def observed() -> bytes:
        guest = Guest(config)
        guest.must("random_get", DATA, 50)
        for clock in (0, 1, 0, 3):
            guest.must("clock_time_get", clock, 0, DATA + 50 + 8 * clock)
        return guest.memory.read(DATA, 100)

    assert observed() == observed()
    assert observed()[:8].hex() == "457c769f39d86441"  # on every Python


def test_memory_must_be_known() -> None:
    functions = Wasi(WasiConfig()).imports()
    with pytest.raises(RuntimeError, match=r"set wasi\.memory"):
        functions["args_sizes_get"](0, 4)
