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
from wasm2py.codegen.module import Context, Functions, Progress, translate_functions
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


def in_worker() -> bool:
    return multiprocessing.parent_process() is not None


def die(context: Context, positions: range) -> Functions:
    if in_worker():
        os._exit(9)
    threading.Event().wait(0.01)
    return Functions()


def refuse(context: Context, positions: range) -> Functions:
    """Everything fails."""
    raise ValidationError("no", 7, positions.start, "name")


def interrupt(done: int, total: int) -> None:
    raise KeyboardInterrupt


@needs_fork
@pytest.mark.usefixtures("forked")
def test_a_worker_that_dies_is_an_error(wasm: Wasm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "translate_functions", die)
    with pytest.raises(WorkerError, match="a worker process died"):
        wasm2py.compile(wasm(CHAIN), jobs=2)
    assert gc.isenabled()


@needs_fork
@pytest.mark.usefixtures("forked")
def test_the_error_of_the_lowest_function_is_raised(wasm: Wasm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "translate_functions", refuse)
    with pytest.raises(ValidationError) as caught:
        wasm2py.compile(wasm(CHAIN), jobs=2)
    assert (caught.value.offset, caught.value.function, caught.value.name) == (7, 0, "name")
    assert gc.isenabled()


@needs_fork
@pytest.mark.usefixtures("forked")
def test_what_fails_in_workers_only_is_done_here(wasm: Wasm, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(context: Context, positions: range, progress: Progress | None = None) -> Functions:
        if in_worker():
            raise MemoryError
        return translate_functions(context, positions, progress)

    monkeypatch.setattr(jobs, "translate_functions", fail)
    assert wasm2py.compile(wasm(CHAIN), jobs=3) == wasm2py.compile(wasm(CHAIN))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("wrong", ["i64.const 1", "local.get 9", "call 999", "br 7"])
def test_an_invalid_module_has_the_error_of_validation(
    method: str, wrong: str, wasm: Wasm, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Workers begin before this is known; nobody sees what happens to them."""
    monkeypatch.setattr(jobs, "_start_method", lambda: method)
    path = wasm(f"(module {'(func)' * 50} (func (param i32) (result i32) {wrong}))")
    with pytest.raises(ValidationError) as alone:
        wasm2py.compile(path)
    with pytest.raises(ValidationError) as several:
        wasm2py.compile(path, jobs=2)
    assert several.value.args == alone.value.args
    assert capfd.readouterr() == ("", "")
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("forked" if "fork" in METHODS else "any_size")
def test_an_interruption_leaves_no_process(wasm: Wasm) -> None:
    with pytest.raises(KeyboardInterrupt):
        wasm2py.compile(wasm(CHAIN), jobs=2, progress=interrupt)
    assert multiprocessing.active_children() == []


ORPHANS = r"""
import os, sys, time
from wasm2py import jobs
from wasm2py.codegen import module

def stay(context, positions):
    os.write(1, b"%d\n" % os.getpid())  # in one piece: print may write the end of the line by itself
    time.sleep(600)

if __name__ == "__main__":
    module.WORTH_IT, jobs._start_method, jobs.translate_functions = 0, lambda: "fork", stay
    import wasm2py
    wasm2py.compile(sys.argv[1], jobs=3)
"""


@needs_fork
def test_workers_end_with_a_parent_that_is_killed(wasm: Wasm, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(ORPHANS)
    command = [sys.executable, str(script), str(wasm(CHAIN))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        try:
            processes = {int(parent.stdout.readline()) for _ in range(3)}
        finally:
            parent.kill()
        parent.stdout.read()  # ends when nobody has it open any more: hangs if a worker lives on
    assert len(processes) == 3


def test_where_there_are_no_processes_one_does_the_work(wasm: Wasm, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*arguments: object) -> object:
        raise ImportError("no semaphores")

    monkeypatch.setattr(jobs, "_team", missing)
    with pytest.warns(RuntimeWarning, match="no semaphores"):
        text = wasm2py.compile(wasm(CHAIN), jobs=2)
    assert text == wasm2py.compile(wasm(CHAIN))


@needs_fork
def test_a_process_that_may_not_start_any_does_the_work(wasm: Wasm) -> None:
    with multiprocessing.get_context("fork").Pool(1) as pool:
        text, said = pool.apply(compile_as_daemon, (wasm(CHAIN),))
    assert text == wasm2py.compile(wasm(CHAIN))
    assert "daemonic processes are not allowed to have children" in said


def compile_as_daemon(path: Path) -> tuple[str, str]:
    with pytest.warns(RuntimeWarning) as caught:
        text = wasm2py.compile(path, jobs=2)
    return text, str(caught[0].message)


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
