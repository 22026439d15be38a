"""The modules of a script, compiled when they are asked for."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import wasm2py
from tests.spec.modules import Json, Refused
from tests.spec.prepared import prepare
from tests.spec.runner import Outcome, Runner
from tests.spec.scripts import Script
from tests.support.engine import load
from wasm2py.errors import DecodeError, ValidationError
from wasm2py.options import Options
from wasm2py.passes import Observer


class CompiledModules:
    """Compiles with the features that the script's directory is about."""

    def __init__(self, script: Script, options: Options, observe: Observer | None = None) -> None:
        self.script = script
        self.options = options.but(features=script.features)
        self.observe = observe

    def check(self, command: Json) -> None:
        try:
            wasm2py.check(self.script.binary(command), features=self.options.features)
        except DecodeError as error:
            raise Refused("malformed", str(error)) from error
        except ValidationError as error:
            raise Refused("invalid", str(error)) from error

    def load(self, command: Json) -> ModuleType:
        return load(self.script.binary(command), self.options, command["filename"], self.observe)

    def source(self, command: Json) -> str:
        """The Python text of a valid module."""
        return wasm2py.compile(self.script.binary(command), options=self.options)


def run(script: Script, options: Options, observe: Observer | None = None) -> list[Outcome]:
    """Run one script from a fresh state."""
    return list(Runner(CompiledModules(script, options, observe)).run(script.commands))


def write(script: Script, options: Options, directory: Path) -> None:
    """Write one script and its modules into a file, for another Python."""
    path = directory / (script.file.replace("/", "-") + ".json")
    path.write_text(prepare(script, CompiledModules(script, options)), encoding="utf-8")
