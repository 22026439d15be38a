"""Runs scenarios on any Python that the runtime supports, without the compiler: modules are in the directory given.

Reads scenarios as JSON from standard input: lists of program, arguments, environment, input, and whether the second
directory is read-only. Writes how each ended, and what it wrote in hexadecimal, as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from wasm2py_runtime import Trap
from wasm2py_runtime.wasi import HostDirectory, Wasi, WasiConfig


def run(program: str, args: list, env: list, stdin: str, read_only: bool, directory: Path) -> list:
    root, other = directory / "root", directory / "other"
    root.mkdir()
    (other / "d").mkdir(parents=True)
    (other / "f").write_bytes(b"in the other directory")
    out, err = bytearray(), bytearray()
    trees = {"/": HostDirectory(root), "/other": HostDirectory(other, read_only=read_only)}
    config = WasiConfig(
        [program, *args], dict(env), stdin=bytes.fromhex(stdin), stdout=out, stderr=err, directories=trees
    )
    try:
        end = f"exit code {Wasi(config).run(import_module(f'{program}_mod'))}"
    except Trap as trap:
        end = f"trap: {trap}"
    return [end, out.hex(), err.hex()]


def main() -> None:
    sys.path.insert(0, sys.argv[1])
    outcomes = []
    for scenario in json.load(sys.stdin):
        with tempfile.TemporaryDirectory() as directory:
            outcomes.append(run(*scenario, Path(directory)))
    json.dump(outcomes, sys.stdout)


if __name__ == "__main__":
    main()
