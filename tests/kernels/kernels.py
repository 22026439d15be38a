"""The shared kernels: names, builds, sizes and expected checksums."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BUILDS = ("mvp", "wasi", "O0", "simd")


@dataclass(frozen=True)
class Kernel:
    """One kernel. Each build exports ``run(i32) -> i32``, the wasi ones ``_initialize`` as well."""

    name: str
    directory: Path
    variants: dict[str, str]
    sizes: dict[str, int]
    checksums: dict[str, int]
    #: wasm instructions that a run executes, by build and n
    fuel: dict[str, dict[str, int]]
    #: the same algorithm written by hand in Python, a file with a function ``run``
    twin: Path | None = None

    def wasm_file(self, build: str) -> Path:
        return self.directory / self.variants[build]

    def wasm(self, build: str) -> bytes:
        return self.wasm_file(build).read_bytes()

    def expected(self, size: str) -> int:
        return self.checksums[str(self.sizes[size])]

    def instructions(self, build: str, size: str) -> int:
        """How many wasm instructions ``run`` executes."""
        return self.fuel[build][str(self.sizes[size])]


def kernels(directory: Path) -> list[Kernel]:
    index = json.loads((directory / "kernels.json").read_text())
    return [
        Kernel(name, directory, entry["variants"], entry["n"], entry["expect"], entry["fuel"], _twin(directory, entry))
        for name, entry in index.items()
    ]


def _twin(directory: Path, entry: dict[str, Any]) -> Path | None:
    """The hand-written form; of several, the last: the one that works as the kernel does."""
    files = [twin["file"] for twin in entry["handpy"].values()]
    return directory / files[-1] if files else None
