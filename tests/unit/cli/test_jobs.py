"""Several processes make what one makes; what goes wrong in them comes back."""

from __future__ import annotations

import gc
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import wasm2py
from tests.unit.cli.conftest import Command
from tests.unit.cli.test_package import CHAIN
from tests.unit.cli.test_progress import Terminal
from wasm2py import ValidationError, WorkerError, jobs
from wasm2py.codegen import module
from wasm2py.codegen.module import Functions
from wasm2py.commands.progress import progress_bar

Wasm = Callable[..., Path]
METHODS = multiprocessing.get_all_start_methods()

needs_fork = pytest.mark.skipif("fork" not in METHODS, reason="what is replaced here must be inherited")


@pytest.fixture(autouse=True)
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORTH_IT", 0)


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_start_method", lambda: "fork")


@pytest.mark.parametrize("method", METHODS)
def test_the_text_is_that_of_one_process(method: str, wasm: Wasm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_start_method", lambda: method)
    path, seen = wasm(CHAIN), []
    text = wasm2py.compile(path, jobs=3, progress=lambda done, total: seen.append((done, total)))
    assert text == wasm2py.compile(path)
    assert "f64_7ff0000000000000 = " in text
    assert seen[-1] == (41, 41)
    assert seen == sorted(seen)
    assert wasm2py.compile_package(path, jobs=2) == wasm2py.compile_package(path)


def test_the_command_line_and_load(wasm2py: Command, wasm: Wasm) -> None:
    path = wasm()
    assert wasm2py("compile", path, "-o", "one.py").code == 0
    assert wasm2py("compile", path, "-o", "two.py", "--jobs", "2") == (0, "", "")
    assert Path("two.py").read_bytes() == Path("one.py").read_bytes()
    assert wasm2py("run", "-j2", path, "--invoke", "add", "--", "1", "2").out == "3\n"
    for wrong in ("0", "-1", "two"):
        assert wasm2py("compile", path, "-o", "two.py", "--jobs", wrong).code == 2


def test_no_jobs(wasm: Wasm) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        wasm2py.compile(wasm(), jobs=0)


def die(positions: range) -> Functions:
    if positions.start:
        os._exit(9)
    return Functions()


def refuse(positions: range) -> Functions:
    """The ranges that come later fail first."""
    threading.Event().wait(0.3 if positions.start < 20 else 0)
    raise ValidationError("no", 7, positions.start, "name")


def interrupt(done: int, total: int) -> None:
    raise KeyboardInterrupt


@needs_fork
@pytest.mark.usefixtures("forked")
def test_a_worker_that_dies_is_an_error(wasm: Wasm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_translate_range", die)
    with pytest.raises(WorkerError, match="a worker process died"):
        wasm2py.compile(wasm(CHAIN), jobs=2)
    assert gc.isenabled()


@needs_fork
@pytest.mark.usefixtures("forked")
def test_the_error_of_the_lowest_function_is_raised(wasm: Wasm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_translate_range", refuse)
    with pytest.raises(ValidationError) as caught:
        wasm2py.compile(wasm(CHAIN), jobs=2)
    assert (caught.value.offset, caught.value.function, caught.value.name) == (7, 0, "name")
    assert gc.isenabled()


@pytest.mark.usefixtures("forked" if "fork" in METHODS else "any_size")
def test_an_interruption_leaves_no_process(wasm: Wasm) -> None:
    with pytest.raises(KeyboardInterrupt):
        wasm2py.compile(wasm(CHAIN), jobs=2, progress=interrupt)
    assert multiprocessing.active_children() == []


ORPHANS = """
import multiprocessing, os, sys, time
from wasm2py import jobs
from wasm2py.codegen import module

def stay(positions):
    print(os.getpid(), flush=True)
    time.sleep(600)

if __name__ == "__main__":
    module.WORTH_IT, jobs._translate_range = 0, stay
    import wasm2py
    wasm2py.compile(sys.argv[1], jobs=2)
"""


@needs_fork
def test_workers_end_with_a_parent_that_is_killed(wasm: Wasm, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(ORPHANS)
    command = [sys.executable, str(script), str(wasm(CHAIN))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = {int(parent.stdout.readline()) for _ in range(2)}
        parent.kill()
        parent.stdout.read()  # ends when nobody has it open any more: hangs if a worker lives on
    assert len(workers) == 2


def test_where_there_are_no_processes_one_does_the_work(wasm: Wasm, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*arguments: object) -> object:
        raise ImportError("no semaphores")

    monkeypatch.setattr(jobs, "_executor", missing)
    with pytest.warns(RuntimeWarning, match="no semaphores"):
        text = wasm2py.compile(wasm(CHAIN), jobs=2)
    assert text == wasm2py.compile(wasm(CHAIN))


def test_a_process_with_threads_is_not_forked() -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert jobs._start_method() != "fork"
    finally:
        end.set()
        thread.join()


def test_a_progress_bar_starts_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    before = threading.active_count()
    with progress_bar("app.wasm") as progress:
        progress(1, 2)
        assert threading.active_count() == before


@pytest.mark.parametrize("sizes", [[1], [1] * 100, [100, 1, 1, 1], [1, 1, 1, 100], [3, 0, 9, 2, 2, 7, 1]])
@pytest.mark.parametrize("count", [1, 2, 3, 16])
def test_ranges_cover_all_once(sizes: list[int], count: int) -> None:
    ranges = jobs.split(sizes, count)
    assert [position for each in ranges for position in each] == list(range(len(sizes)))
    assert len(ranges) <= count
    assert all(ranges)
    even = sum(sizes) / count + max(sizes)
    assert all(sum(sizes[position] for position in each) <= even for each in ranges)
