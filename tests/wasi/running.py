"""Runs a scenario under our WASI, on the host's directories or in memory, and under wasmtime's."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.engine import load
from tests.wasi.scenarios import OTHER, ROOT, Scenario
from wasm2py_runtime import Trap
from wasm2py_runtime.wasi import HostDirectory, MemoryTree, Wasi, WasiConfig

#: A tree as it is compared: the contents of files, the targets of links (``-> target``), ``/`` for directories.
Tree = dict[str, Any]


class Outcome(NamedTuple):
    """``end`` is the exit code, or what the trap was."""

    end: str
    stdout: bytes
    stderr: bytes
    tree: Tree

    def __str__(self) -> str:
        """As it is kept in a file: output first."""
        text = (
            self.stdout.decode("utf-8", "backslashreplace") if len(self.stdout) < 10000 else f"{len(self.stdout)} B\n"
        )
        lines = [text.rstrip("\n"), f"== {self.end}"]
        lines += ["== stderr", self.stderr.decode().rstrip("\n")] if self.stderr else []
        lines += [f"{path} {shown}" for path, shown in sorted(self.tree.items())]
        return "".join(f"{line.rstrip()}\n" for line in "\n".join(lines).split("\n"))


@cache
def _module(wasm: bytes) -> Any:
    return load(wasm)


def run_ours(scenario: Scenario, root: Any, other: Any, **options: Any) -> tuple[str, bytes, bytes]:
    """How it ends, and what it writes, with these trees as its directories."""
    out, err = bytearray(), bytearray()
    config = WasiConfig(
        [scenario.program, *scenario.args],
        dict(scenario.env),
        stdin=scenario.stdin,
        stdout=out,
        stderr=err,
        directories={"/": root, "/other": other},
        **options,
    )
    try:
        end = f"exit code {Wasi(config).run(_module(scenario.wasm))}"
    except Trap as trap:
        end = f"trap: {trap}"
    return end, bytes(out), bytes(err)


def on_host(scenario: Scenario, directory: Path, **options: Any) -> Outcome:
    """In fresh directories of the host."""
    root, other = _prepare(directory)
    ran = run_ours(scenario, HostDirectory(root), HostDirectory(other, read_only=scenario.other_read_only), **options)
    return Outcome(*ran, _tree_of(root, other))


def in_memory(scenario: Scenario, **options: Any) -> Outcome:
    """In fresh trees in memory."""
    root, other = MemoryTree(ROOT), MemoryTree(OTHER, read_only=scenario.other_read_only)
    return Outcome(*run_ours(scenario, root, other, **options), {})


def under_wasmtime(scenario: Scenario, directory: Path) -> Outcome:
    """In fresh directories of the host, by wasmtime."""
    import wasmtime

    root, other = _prepare(directory)
    config = wasmtime.WasiConfig()
    config.argv = [scenario.program, *scenario.args]
    config.env = list(scenario.env)
    (directory / "stdin").write_bytes(scenario.stdin)
    config.stdin_file, config.stdout_file, config.stderr_file = (
        str(directory / name) for name in ("stdin", "stdout", "stderr")
    )
    config.preopen_dir(str(root), "/")
    config.preopen_dir(str(other), "/other", not scenario.other_read_only)
    end = _end_under_wasmtime(scenario, config)
    out, err = (directory / "stdout").read_bytes(), (directory / "stderr").read_bytes()
    return Outcome(end, out, err, _tree_of(root, other))


def _end_under_wasmtime(scenario: Scenario, config: Any) -> str:
    import wasmtime

    engine = wasmtime.Engine()
    linker, store = wasmtime.Linker(engine), wasmtime.Store(engine)
    linker.define_wasi()
    store.set_wasi(config)
    try:
        instance = linker.instantiate(store, wasmtime.Module(engine, scenario.wasm))
        instance.exports(store)["_start"](store)
    except wasmtime.ExitTrap as end:
        return f"exit code {end.code}"
    except wasmtime.Trap as trap:
        return f"trap: {trap.message.splitlines()[-1].split('wasm trap: ')[-1].strip()}"
    except wasmtime.WasmtimeError as error:
        return f"error: {str(error).splitlines()[-1].strip()}"
    return "exit code 0"


def _prepare(directory: Path) -> tuple[Path, Path]:
    """Both directories, with what is in them at first."""
    roots = directory / "root", directory / "other"
    for root, contents in zip(roots, (ROOT, OTHER), strict=True):
        _write(root, contents)
    return roots


def _write(directory: Path, contents: dict[str, Any]) -> None:
    directory.mkdir(parents=True)
    for name, content in contents.items():
        if isinstance(content, dict):
            _write(directory / name, content)
        else:
            (directory / name).write_bytes(content)


def _tree_of(*roots: Path) -> Tree:
    tree: Tree = {}
    for root in roots:
        for path in sorted(root.rglob("*")):
            name = os.fsencode(path.relative_to(root.parent)).decode("utf-8", "backslashreplace")
            if path.is_symlink():
                tree[name] = f"-> {os.readlink(path)}"
            else:
                tree[name] = "/" if path.is_dir() else _shown(path.read_bytes())
    return tree


def _shown(contents: bytes) -> str:
    """The size, and the beginning up to the first gap."""
    return f"{len(contents)} {contents[:40].partition(bytes(1))[0]!r}"
