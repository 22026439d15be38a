"""Worker processes: they do what they are told, check it, and say what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import wasm2py
from benchmarks.calls import ROWS
from benchmarks.engines import BY_KEY, ENGINES, Interpreters
from benchmarks.processes import Failed, Unavailable, Worker
from benchmarks.rounds import Job, Plan, run
from benchmarks.synthetic import calls_module
from benchmarks.worker import SAMPLE, fitting


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker("O2", Interpreters().path(BY_KEY["O2"])) as started:
        yield started


@pytest.fixture
def calls(tmp_path: Path) -> str:
    file = tmp_path / "calls.wasm"
    file.write_bytes(calls_module())
    return str(file)


def test_worker_says_what_it_is(worker: Worker) -> None:
    assert worker.description["version"] == wasm2py.__version__
    assert worker.description["python"].startswith("CPython 3.")


@pytest.mark.parametrize("workload", ROWS.values())
def test_sample_takes_time(worker: Worker, calls: str, workload: str) -> None:
    worker.prepare(workload, file=calls, count=3)
    assert worker.sample() > 0


def test_wrong_result_fails_and_the_worker_goes_on(worker: Worker, calls: str, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="WrongResult: 7 instead of 8"):
        worker.prepare("kernel", file=_kernel(tmp_path, 7), n=1, expected=8, initialize=False)
    worker.prepare("export_call", file=calls, count=1)


def _kernel(directory: Path, result: int) -> str:
    file = directory / "kernel.wat"
    file.write_text(f'(module (func (export "run") (param i32) (result i32) (i32.const {result})))')
    return str(file)


def test_engine_that_does_not_start_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="no interpreter"):
        Worker("pypy", None)
    with pytest.raises(Unavailable, match="KeyError: 'nonsense'"):
        Worker("nonsense", Interpreters().path(BY_KEY["O2"]))


def test_run_reports_what_fails_and_what_is_missing(calls: str, tmp_path: Path) -> None:
    absent = replace(BY_KEY["pywasm"], title="absent")
    job = Job("export_call", {"file": calls, "count": 2}, 2)
    wrong = Job("kernel", {"file": _kernel(tmp_path, 1), "n": 1, "expected": 2, "initialize": False}, 1)
    interpreters = Interpreters((f"pywasm={tmp_path / 'nowhere'}",))
    columns = {"O1": BY_KEY["O1"], "absent": absent}
    rows = {"good": {"O1": job, "absent": job}, "bad": {"O1": wrong}}
    result = run(Plan("plan", "Plan", "call", columns, rows, rounds=2, interpreters=interpreters))
    assert len(result.rows["good"]["O1"].seconds) == 2
    assert result.failures == ["bad, wasm2py -O1: WrongResult: 1 instead of 2"]
    assert list(result.engines) == ["O1"] and "pywasm==2.2.3" in result.missing["absent"]


def test_short_work_is_repeated_to_fill_a_sample() -> None:
    assert fitting(1, 10 * SAMPLE) == 1
    assert fitting(3, SAMPLE / 4) == 12
    assert fitting(2, SAMPLE / 1e6) == fitting(2, 0.0) == 200  # too short to tell: try a longer one


def test_interpreters() -> None:
    given = Interpreters(("/all", "ppci=/its/own"))
    assert [given.path(BY_KEY[key]) for key in ("O2", "ppci")] == ["/all", "/its/own"]
    with pytest.raises(ValueError, match="no engine 'cpci'"):
        Interpreters(("cpci=/x",)).path(ENGINES[0])
