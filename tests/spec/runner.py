"""Executes the commands of one script and says of each whether it passed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tests.spec.modules import Json, Modules, Reason, Refused
from tests.spec.spectest import spectest
from tests.spec.values import Values, canonical
from wasm2py_runtime import ExhaustionError, FuncType, Linker, LinkError, Trap, WasmException

Status = Literal["passed", "failed", "text"]

#: How long a `wait` command may take.
THREAD_TIMEOUT = 60.0


@dataclass(frozen=True)
class Outcome:
    """What became of one command. ``detail`` is what went wrong."""

    line: int
    command: str
    status: Status
    detail: str = ""


class Failed(Exception):
    """A command did not do what the script says."""


@dataclass(frozen=True)
class Agent:
    """A thread that runs commands, and what became of them."""

    thread: threading.Thread
    outcomes: list[Outcome]


class Runner:
    """The state of one run: definitions and instances by name, registered exports, threads."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.values = Values()
        self.definitions: dict[str | None, Any] = {}
        #: under None the current one
        self.instances: dict[str | None, Any] = {}
        self.registered: dict[str, Any] = {"spectest": spectest()}
        self.threads: dict[str, Agent] = {}

    def run(self, commands: list[Json]) -> Iterator[Outcome]:
        """Execute commands in order; those of a thread are given when it is joined."""
        for command in commands:
            yield self.execute(command)
            if command["type"] == "wait":
                yield from self.threads[command["thread"]].outcomes

    def execute(self, command: Json) -> Outcome:
        status: Status = "passed"
        detail = ""
        try:
            if command.get("module_type") == "text":
                status = "text"
            else:
                _COMMANDS[command["type"]](self, command)
        except Failed as failure:
            status, detail = "failed", str(failure)
        except Exception as error:  # whatever it is, it is a failure of this command and the rest goes on
            status, detail = "failed", describe(error)
        return Outcome(command["line"], command["type"], status, detail)

    # Modules and instances

    def module(self, command: Json) -> None:
        name = command.get("name")
        self._bind(name, Failed("its module failed"))
        self.definitions[name] = self.modules.load(command)
        self._bind(name, self.instantiate(self.definitions[name]))

    def module_definition(self, command: Json) -> None:
        """Decode and validate; some could not be instantiated, and those that are get translated then."""
        self.modules.check(command)
        self.definitions[command.get("name")] = command

    def module_instance(self, command: Json) -> None:
        definition = self.definitions[command.get("module")]
        if isinstance(definition, dict):
            definition = self.modules.load(definition)
        self._bind(command.get("instance"), self.instantiate(definition))

    def register(self, command: Json) -> None:
        instance = self.instances[command.get("name")]
        self.registered[command["as"]] = instance if isinstance(instance, Exception) else instance.exports
        present(instance)

    def instantiate(self, definition: Any) -> Any:
        """An instance, its imports taken from the registered exports."""
        linker = Linker()
        for name in {entry.module for entry in definition.Module.IMPORTS} & self.registered.keys():
            linker.define_module(name, present(self.registered[name]))
        return linker.instantiate(definition)

    def _bind(self, name: str | None, instance: Any) -> None:
        self.instances[None] = instance
        if name is not None:
            self.instances[name] = instance

    # Actions

    def perform(self, action: Json) -> Any:
        """Do it as a host would and give the canonical results, a tuple."""
        export = self._export(action)
        if action["type"] == "get":
            return (export.cell.cell_contents,)
        types = export.type
        arguments = [self.values.argument(value) for value in action["args"]]
        # The host's side of the boundary would quieten a signalling f32 NaN, so f32 goes past it.
        exact = "f32" in types.params + types.results
        result = (export.wasm_raw if exact else export)(*arguments)
        return tuple(map(canonical, results_of(result, types), types.results))

    def call(self, action: Json) -> None:
        """Do it through the boundary, where traps are told."""
        self._export(action)(*(self.values.argument(value) for value in action["args"]))

    def _export(self, action: Json) -> Any:
        instance = present(self.instances[action.get("module")])
        return instance.exports[action["field"]]

    def action(self, command: Json) -> None:
        self.perform(command["action"])

    # Assertions

    def assert_return(self, command: Json) -> None:
        actual = self.perform(command["action"])
        expected = command["expected"]
        if len(actual) != len(expected) or not all(map(self.values.matches, actual, expected)):
            raise Failed(f"{command['action']['field']!r} gave {actual!r}, expected {expected}")

    def assert_trap(self, command: Json) -> None:
        self._must_raise(lambda: self.call(command["action"]), Trap, command["text"])

    def assert_exhaustion(self, command: Json) -> None:
        self._must_raise(lambda: self.call(command["action"]), ExhaustionError, command["text"])

    def assert_exception(self, command: Json) -> None:
        """The call ends with a WebAssembly exception."""
        self._must_raise(lambda: self.call(command["action"]), WasmException)

    def assert_malformed(self, command: Json) -> None:
        self._must_refuse(command, "malformed")

    def assert_invalid(self, command: Json) -> None:
        self._must_refuse(command, "invalid")

    def assert_custom(self, command: Json) -> None:
        """About the content of custom sections: the module may be refused or accepted, but nothing may break."""
        try:
            self.modules.check(command)
        except Refused:
            return

    def assert_unlinkable(self, command: Json) -> None:
        definition = self.modules.load(command)
        self._must_raise(lambda: self.instantiate(definition), LinkError)

    def assert_uninstantiable(self, command: Json) -> None:
        definition = self.modules.load(command)
        self._must_raise(lambda: self.instantiate(definition), Trap, command["text"])

    def _must_refuse(self, command: Json, reason: Reason) -> None:
        try:
            self.modules.check(command)
        except Refused as refused:
            if refused.reason != reason:
                raise Failed(f"{refused.reason}: {refused}, expected {reason}") from refused
            return
        raise Failed(f"accepted, expected {reason}")

    def _must_raise(self, attempt: Callable[[], Any], kind: type[Exception], text: str = "") -> None:
        """The reference interpreter's message is compared as it does itself: one begins with the other."""
        try:
            attempt()
        except kind as error:
            message = str(error)
            if text and not message.startswith(text) and not text.startswith(message):
                raise Failed(f"{describe(error)}, expected {text!r}") from error
        except Exception as error:
            raise Failed(f"{describe(error)}, expected {kind.__name__} {text!r}") from error
        else:
            raise Failed(f"no {kind.__name__}, expected {text!r}")

    # Threads (proposals/threads)

    def thread(self, command: Json) -> None:
        """Run commands in an agent of its own, which knows only the shared instance."""
        runner = Runner(self.modules)
        if "shared_module" in command:
            runner.instances[command["shared_module"]] = present(self.instances[command["shared_module"]])
        outcomes: list[Outcome] = []
        thread = threading.Thread(target=lambda: outcomes.extend(runner.run(command["commands"])), daemon=True)
        self.threads[command["name"]] = Agent(thread, outcomes)
        thread.start()

    def wait(self, command: Json) -> None:
        agent = self.threads[command["thread"]]
        agent.thread.join(THREAD_TIMEOUT)
        if agent.thread.is_alive():
            raise Failed("the thread does not end")


_COMMANDS: dict[str, Callable[[Runner, Json], None]] = {
    "module": Runner.module,
    "module_definition": Runner.module_definition,
    "module_instance": Runner.module_instance,
    "register": Runner.register,
    "action": Runner.action,
    "assert_return": Runner.assert_return,
    "assert_trap": Runner.assert_trap,
    "assert_exhaustion": Runner.assert_exhaustion,
    "assert_exception": Runner.assert_exception,
    "assert_malformed": Runner.assert_malformed,
    "assert_invalid": Runner.assert_invalid,
    "assert_malformed_custom": Runner.assert_custom,
    "assert_invalid_custom": Runner.assert_custom,
    "assert_unlinkable": Runner.assert_unlinkable,
    "assert_uninstantiable": Runner.assert_uninstantiable,
    "thread": Runner.thread,
    "wait": Runner.wait,
}


def present(thing: Any) -> Any:
    """The thing itself, unless an exception stands in for it."""
    if isinstance(thing, Exception):
        raise thing
    return thing


def results_of(result: Any, type_: FuncType) -> tuple[Any, ...]:
    """The results of a call as a tuple, however many there are."""
    if len(type_.results) > 1:
        return tuple(result)
    return (result,) if type_.results else ()


def describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
