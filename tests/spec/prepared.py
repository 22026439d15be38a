"""Scripts with what the compiler made of their modules, in files, for a Python that cannot run the compiler."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from tests.spec.modules import Json, Refused

#: commands whose module must only be decoded and validated
_CHECKED = frozenset(
    ("assert_malformed", "assert_invalid", "assert_malformed_custom", "assert_invalid_custom", "module_definition")
)


class Compiler(Protocol):
    """Compiles the modules of a script; the first method may raise Refused."""

    def check(self, command: Json) -> None: ...
    def source(self, command: Json) -> str: ...


class Commands(Protocol):
    """A script."""

    @property
    def file(self) -> str: ...
    @property
    def directory(self) -> str: ...
    @property
    def commands(self) -> list[Json]: ...


class PreparedScript:
    """One script out of a file; it is its own ``Modules``."""

    def __init__(self, path: Path) -> None:
        content = json.loads(path.read_text(encoding="utf-8"))
        self.file: str = content["file"]
        self.directory: str = content["directory"]
        self.commands: list[Json] = content["commands"]
        self._modules: dict[str, Any] = content["modules"]

    def check(self, command: Json) -> None:
        refused = self._modules[command["filename"]].get("refused")
        if refused:
            raise Refused(*refused)

    def load(self, command: Json) -> ModuleType:
        module = ModuleType(command["filename"])
        exec(compile(self._modules[command["filename"]]["source"], command["filename"], "exec"), module.__dict__)
        return module


def prepare(script: Commands, compiler: Compiler) -> str:
    """The content of the file: a script with its modules."""
    entries: dict[str, Any] = {}
    for command in _binaries(script.commands):
        entries.setdefault(command["filename"], {}).update(_entry(compiler, command))
    content = {"file": script.file, "directory": script.directory, "commands": script.commands, "modules": entries}
    return json.dumps(content)


def _binaries(commands: list[Json]) -> Iterator[Json]:
    """The commands with a binary module, those of threads too."""
    for command in commands:
        if command.get("module_type") == "binary":
            yield command
        yield from _binaries(command.get("commands", []))


def _entry(compiler: Compiler, command: Json) -> Json:
    """What the compiler says. A definition may be instantiated later."""
    try:
        compiler.check(command)
        if command["type"] in _CHECKED - {"module_definition"}:
            return {}
        return {"source": compiler.source(command)}
    except Refused as refused:
        return {"refused": [refused.reason, str(refused)]}
