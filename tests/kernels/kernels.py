"""The shared kernels: names, builds, sizes and expected checksums."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

#: Builds that are compiled without anything newer than WebAssembly 2.0 without SIMD.
BUILDS = ("mvp", "wasi", "O0")


@dataclass(frozen=True)
class Kernel:
    """One kernel. Each build exports ``run(i32) -> i32``, the wasi ones ``_initialize`` as well."""

    name: str
    directory: Path
    variants: dict[str, str]
    sizes: dict[str, int]
    checksums: dict[str, int]

    def wasm(self, build: str) -> bytes:
        return (self.directory / self.variants[build]).read_bytes()

    def expected(self, size: str) -> int:
        return self.checksums[str(self.sizes[size])]


def kernels(directory: Path) -> list[Kernel]:
    index = json.loads((directory / "kernels.json").read_text())
    return [
        Kernel(name, directory, entry["variants"], entry["n"], entry["expect"])
        for name, entry in index.items()
    ]  # fmt: skip
