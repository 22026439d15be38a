"""``python -m benchmarks COMMAND``: measure something, print it, and keep it if asked to."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import builds, calls, chart, compiling, importing, instances, kernels, report, results, tasks
from benchmarks.engines import BY_KEY
from benchmarks.results import Result, Sheet

COMMANDS = tuple(
    module.COMMAND for module in (kernels, tasks, calls, builds, compiling, importing, instances)
)  # fmt: skip


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        title = command.help.strip().splitlines()[0]
        sub = commands.add_parser(
            command.name, help=title, description=command.help, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        _add_common(sub)
        sub.add_argument("--engine", action="append", choices=BY_KEY, default=[], help="only these (may be repeated)")
        command.add_arguments(sub)
    _add_common(commands.add_parser("all", help="All of these."))
    return top


def _add_common(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--rounds", type=int, default=5, help="how often everything is measured (default: 5)")
    sub.add_argument(
        "--python", action="append", default=[], metavar="[ENGINE=]PATH",
        help="the interpreter for an engine, or for all (default: the one that runs this; pypy3 for pypy)",
    )  # fmt: skip
    sub.add_argument("--results", type=Path, metavar="DIRECTORY", help="write the figures and charts there")


def main(arguments: Sequence[str]) -> int:
    command_line = parser()
    options = command_line.parse_args(arguments)
    if options.command == "all":
        return max(main([command.name, *arguments[1:]]) for command in COMMANDS)
    try:
        result = next(entry for entry in COMMANDS if entry.name == options.command).main(options)
    except (ValueError, FileNotFoundError) as error:  # a name that there is not, no shared data
        command_line.error(str(error))
    print(report.text(result), end="\n\n", flush=True)
    if options.results:
        keep(result, options.results)
    return 1 if isinstance(result, Result) and result.failures else 0


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
