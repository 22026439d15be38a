"""Compiles the programs: ``python -m tests.wasi.build [NAME …]``, with ``ziglang``. Tests need only what it made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAMS = Path(__file__).with_name("programs")
REACTORS = frozenset({"reactor"})
_COMPILER = (sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-wasi")
_FLAGS = ("-Os", "-s", "-std=gnu11", "-Wall", "-Wextra", "-Wno-unused-function", "-Wno-infinite-recursion")


def build(name: str) -> Path:
    """Compile one program. CalledProcessError if it does not compile."""
    source, made = PROGRAMS / f"{name}.c", PROGRAMS / f"{name}.wasm"
    model = ("-mexec-model=reactor",) if name in REACTORS else ()
    subprocess.run([*_COMPILER, *_FLAGS, *model, str(source), "-o", str(made)], check=True)
    made.chmod(0o644)
    return made


def main(names: list[str]) -> None:
    for name in names or sorted(path.stem for path in PROGRAMS.glob("*.c")):
        made = build(name)
        print(f"{made.name}: {made.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
