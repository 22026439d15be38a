"""The command line of the benchmarks: what it understands and refuses. Nothing is measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.__main__ import COMMANDS, _passed_on, main, parser
from benchmarks.commands import by_name
from tests.unit.benchmarks.test_results import SHEET


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_takes_the_common_options(command) -> None:
    options = parser().parse_args([command.name, "--rounds=3", "--results=somewhere"])
    assert (options.rounds, options.results.name) == (3, "somewhere")


def test_all_passes_on_what_a_command_takes() -> None:
    options = parser().parse_args(["all", "--results=somewhere", "--python=ppci=/it"])
    passed = {command.name: _passed_on(options, command) for command in COMMANDS}
    assert passed["kernels"] == ["--results=somewhere", "--python=ppci=/it"]
    assert passed["import"] == ["--results=somewhere"]
    for name, arguments in passed.items():
        parser().parse_args([name, *arguments])


@pytest.mark.parametrize("arguments", [["kernels", "nonsense"], ["calls", "--engine", "ppci"], ["nonsense"], []])
def test_unknown_names_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_show_prints_and_writes_what_was_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "kept.json"
    results.write(SHEET, kept)
    assert main(["show", str(kept), f"--results={tmp_path}"]) == 0
    assert capsys.readouterr().out.startswith("Compiling\n")
    assert (tmp_path / "compile.json").read_text() == kept.read_text()


def test_by_name() -> None:
    assert by_name([], {"a": 1, "b": 2}) == ["a", "b"]
    assert by_name(["b"], {"a": 1, "b": 2}) == ["b"]
    with pytest.raises(ValueError, match="there is no 'c' here"):
        by_name(["c"], {"a": 1})
