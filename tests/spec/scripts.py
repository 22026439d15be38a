"""The scripts of the shared ``spec-tests.zip``: which there are, their commands, their binaries, their features."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from wasm2py.features import DEFAULT_FEATURES

#: Directories that are run with more than the default features.
EXTRA_FEATURES = {
    "legacy/exceptions": {"legacy-exceptions"},
    "proposals/custom-page-sizes": {"custom-page-sizes"},
    "proposals/wide-arithmetic": {"wide-arithmetic"},
}

#: Written against 1.0 and threads: they expect several tables and memories to be refused (note in the index).
WITHOUT_FEATURES = {
    "proposals/threads/imports.wast": {"multi-memory", "reference-types"},
    "proposals/threads/memory.wast": {"multi-memory", "reference-types"},
}

#: Not a proposal that wasm2py takes.
LEFT_OUT = ("proposals/custom-descriptors",)


@dataclass(frozen=True)
class Script:
    """One script file: ``file`` is its name in the index, ``json`` its path in the archive."""

    archive: Path
    file: str
    json: str

    @property
    def directory(self) -> str:
        return self.file.rsplit("/", 1)[0]

    @property
    def features(self) -> frozenset[str]:
        extra = EXTRA_FEATURES.get(self.directory, set())
        return (DEFAULT_FEATURES | extra) - WITHOUT_FEATURES.get(self.file, set())

    @cached_property
    def commands(self) -> list[dict[str, Any]]:
        return json.loads(_archive(self.archive).read(self.json))["commands"]

    def binary(self, command: dict[str, Any]) -> bytes:
        """The bytes of the module that a command names."""
        folder = self.json.rsplit("/", 1)[0]
        return _archive(self.archive).read(f"{folder}/{command['filename']}")


@cache
def _archive(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)


def scripts(archive: Path) -> list[Script]:
    """All scripts but those left out, in the order of the index."""
    index = json.loads(_archive(archive).read("index.json"))["files"]
    found = [Script(archive, entry["file"], entry["json"]) for entry in index]
    return [script for script in found if script.directory not in LEFT_OUT]
