"""The progress bar: on a terminal only, and only for what takes longer than a second."""

from __future__ import annotations

import io
import sys
import time

import pytest

from wasm2py.commands.progress import progress_bar


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, pause: float) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_bar("app\x1b.wasm") as progress:
        progress(1, 4)
        time.sleep(pause)
        for done in (2, 3, 4):
            progress(done, 4)
            time.sleep(pause / 4)
    return stream.getvalue()


def test_quick_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, Terminal(), 0) == ""


def test_slow_work_shows_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, Terminal(), 1.2)
    assert r"app\x1b.wasm" in text
    assert "/4" in text
    assert "\x1b." not in text


def test_no_terminal_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO(), 1.2) == ""
