"""``python -m benchmarks COMMAND``: measure something, print it, and keep it if asked to."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import builds, calls, chart, compiling, importing, instances, kernels, objects, report, results, tasks
from benchmarks.commands import Command
from benchmarks.engines import BY_KEY
from benchmarks.results import Result, Sheet

COMMANDS: tuple[Command, ...] = tuple(
    module.COMMAND for module in (kernels, objects, tasks, calls, builds, compiling, importing, instances)
)  # fmt: skip


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        title = command.help.strip().splitlines()[0]
        sub = commands.add_parser(
            command.name, help=title, description=command.help, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        _add_common(sub, python=command.compares)
        if command.compares:
            sub.add_argument("--engine", action="append", choices=BY_KEY, default=[], help="only these (repeatable)")
        command.add_arguments(sub)
    every = commands.add_parser("all", help="All of these.")
    _add_common(every, python=True)
    every.set_defaults(rounds=None)
    show = commands.add_parser("show", help="What was kept of one: its tables, and with --results its chart again.")
    show.add_argument("file", type=Path, help="a file of JSON that --results made")
    _add_results(show)
    return top


def _add_results(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--results", type=Path, metavar="DIRECTORY", help="write the figures and charts there")


def _add_common(sub: argparse.ArgumentParser, python: bool) -> None:
    _add_results(sub)
    sub.add_argument("--rounds", type=int, default=5, help="how often everything is measured (default: %(default)s)")
    if python:
        sub.add_argument(
            "--python", action="append", default=[], metavar="[ENGINE=]PATH",
            help="the interpreter for an engine, or for all (default: the one that runs this; pypy3 for pypy)",
        )  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    command_line = parser()
    options = command_line.parse_args(arguments)
    if options.command == "all":
        return max(main([command.name, *_passed_on(options, command)]) for command in COMMANDS)
    try:
        result = _measured(options) if options.command != "show" else results.read(options.file)
    except (ValueError, FileNotFoundError) as error:  # a name that there is not, no shared data
        command_line.error(str(error))
    print(report.text(result), end="\n\n", flush=True)
    if options.results:
        keep(result, options.results)
    return 1 if isinstance(result, Result) and result.failures else 0


def _measured(options: argparse.Namespace) -> Result | Sheet:
    return next(command for command in COMMANDS if command.name == options.command).main(options)


def _passed_on(options: argparse.Namespace, command: Command) -> list[str]:
    """The options of ``all`` that a command takes."""
    given = [f"--rounds={options.rounds}"] if options.rounds else []
    given += [f"--results={options.results}"] if options.results else []
    return given + [f"--python={path}" for path in options.python if command.compares]


def keep(result: Result | Sheet, directory: Path) -> None:
    """Write a result to files, with a chart where engines are compared."""
    directory.mkdir(parents=True, exist_ok=True)
    results.write(result, directory / f"{result.name}.json")
    (directory / f"{result.name}.txt").write_text(report.text(result) + "\n", encoding="utf-8")
    if isinstance(result, Result):
        try:
            chart.write(result, directory / f"{result.name}.svg")
        except ModuleNotFoundError as absent:
            print(f"no chart: {absent}; pip install -e '.[bench]'", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
