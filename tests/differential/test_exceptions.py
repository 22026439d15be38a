"""Random nests of handlers, loops, branches, calls that throw and throws, against wasmtime.

Each program is written twice: with ``try_table``, which wasmtime runs, and with the legacy ``try``. Both must do the
same here. Each back edge costs fuel, so every program ends. What leaves a program is caught around it and becomes part
of its result.
"""

from __future__ import annotations

import os
import random
from typing import Optional

import pytest
import wasmtime

from tests.support.engine import load
from wasm2py.features import DEFAULT_FEATURES
from wasm2py.options import Options

PROGRAMS = int(os.environ.get("WASM2PY_EXCEPTION_PROGRAMS", "40"))
LOCALS = 4
ARGUMENTS = [0, 1, 5, -3, 123456789]
LEGACY = DEFAULT_FEATURES | {"legacy-exceptions"}
OPTIONS = [
    Options(),
    Options(optimize=0),
    Options(optimize=1),
    Options(target="pypy"),
    Options(assert_ranges=True),
    Options(disabled_passes=("nested-control",)),
    Options(disabled_passes=("inline-expressions", "jumps")),
    Options(disabled_passes=("inline-calls", "merge-blocks")),
    Options(disabled_passes=("join-tries", "forward-memory", "dead-values")),
]
#: the types of the values of each tag
TAGS = [(), ("i32",), ("i32", "i64")]
_FUEL = (
    "(global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))"
    "(if (i32.lt_s (global.get $fuel) (i32.const 0)) (then (return (i32.const -77))))"
)
_SHARED = """
  (memory 1) (global $fuel (mut i32) (i32.const 0))
  (tag $t0) (tag $t1 (param i32)) (tag $t2 (param i32 i64))
  (func $may_throw (param i32) (result i32)
    (i32.store8 (i32.and (local.get 0) (i32.const 127)) (local.get 0))
    (if (i32.eq (i32.and (local.get 0) (i32.const 7)) (i32.const 1)) (then (throw $t0)))
    (if (i32.eq (i32.and (local.get 0) (i32.const 7)) (i32.const 3)) (then (throw $t1 (local.get 0))))
    (if (i32.eq (i32.and (local.get 0) (i32.const 7)) (i32.const 6))
      (then (throw $t2 (local.get 0) (i64.extend_i32_s (local.get 0)))))
    (i32.mul (local.get 0) (i32.const 3)))
  (func $twice (param i32) (result i32 i32)
    (call $may_throw (local.get 0)) (call $may_throw (i32.shr_u (local.get 0) (i32.const 1))))
  (func $calm (param i32) (result i32) (i32.xor (local.get 0) (i32.const 5)))
"""


class Generator:
    """``legacy`` decides how handlers are written, and nothing else."""

    def __init__(self, seed: int, legacy: bool) -> None:
        self.random = random.Random(seed)
        self.legacy = legacy
        self.budget = self.random.choice((10, 30, 80))
        #: the open labels, innermost last: those that a program may branch to have a number
        self.labels: list[str] = []
        #: the handlers around, innermost last: the label of the legacy ``try``, and the local of the exception
        self.handlers: list[tuple[str, int]] = []
        self.names = 0
        self.exceptions = 0

    def module(self) -> str:
        body = self.statements(0)
        fold = (
            "(i32.xor " * LOCALS
            + "(local.get 0)"
            + "".join(f" (i32.rotl (local.get {k + 1}) (i32.const {5 * k + 3})))" for k in range(LOCALS))
        )
        exceptions = "" if self.legacy else "(local exnref) " * self.exceptions
        function = f"(func $f (param i32) (result i32) {'(local i32) ' * LOCALS}{exceptions} {body} {fold})"
        return f"(module {_SHARED} {function} {self.wrapper()})"

    def wrapper(self) -> str:
        """The exported function, which turns exceptions into results and adds what is in memory."""
        call = "(global.set $fuel (i32.const 60)) (local.set 1 (call $f (local.get 0)))"
        arms = [
            "(local.set 1 (i32.const 1000))",
            "(local.set 1 (i32.add (i32.const 2000)))",
            "(local.set 2) (local.set 1 (i32.add (i32.const 3000) (i32.wrap_i64 (local.get 2))))",
        ]
        handled = self.handled(
            call, [(tag, arm + ("" if tag < 2 else "(local.set 1)")) for tag, arm in enumerate(arms)]
        )
        return (
            f'(func (export "f") (param i32) (result i32) (local i32 i64) {handled} '
            "(i32.add (local.get 1) (i32.load (i32.const 3))))"
        )

    # -- statements ------------------------------------------------------------------------------------------------

    def statements(self, depth: int) -> str:
        return " ".join(self.statement(depth) for _ in range(self.random.randint(1, 4)))

    def statement(self, depth: int) -> str:
        self.budget -= 1
        kinds = ["set", "call", "call", "call", "two", "store", "calm", "br_if"]
        if self.budget > 0 and depth < 9:
            kinds += ["block", "loop", "loop", "if", "if_else", "try", "try", "try", "delegate"]
        if self.random.random() < 0.2:
            kinds += ["br", "return", "throw", "throw", "rethrow", "rethrow"]
        return str(getattr(self, "make_" + self.random.choice(kinds))(depth))

    def local(self) -> int:
        return self.random.randrange(LOCALS + 1)

    def value(self) -> str:
        choice = self.random.randrange(6)
        if choice == 0:
            return f"(i32.const {self.random.choice((0, 1, 2, 3, 6, -1, 1000))})"
        if choice == 1:
            op = self.random.choice(("add", "sub", "mul", "xor", "and", "shr_u"))
            return f"(i32.{op} (local.get {self.local()}) (local.get {self.local()}))"
        if choice == 2:
            return f"(i32.load8_u (i32.and (local.get {self.local()}) (i32.const 255)))"
        return f"(i32.add (local.get {self.local()}) (i32.const {self.random.randint(-3, 3)}))"

    def condition(self) -> str:
        op = self.random.choice(("lt_s", "lt_u", "eq", "ne", "ge_s"))
        return f"(i32.{op} (i32.and {self.value()} (i32.const 7)) (i32.const {self.random.randrange(8)}))"

    def make_set(self, depth: int) -> str:
        return f"(local.set {self.local()} {self.value()})"

    def make_call(self, depth: int) -> str:
        return f"(local.set {self.local()} (call $may_throw {self.value()}))"

    def make_two(self, depth: int) -> str:
        return f"(call $twice {self.value()}) (local.set {self.local()}) (local.set {self.local()})"

    def make_calm(self, depth: int) -> str:
        return f"(local.set {self.local()} (i32.add (call $calm {self.value()}) (call $may_throw {self.value()})))"

    def make_store(self, depth: int) -> str:
        return f"(i32.store8 (i32.and {self.value()} (i32.const 255)) {self.value()})"

    def name(self) -> str:
        self.names += 1
        return f"$l{self.names}"

    def nested(self, label: str, depth: int) -> str:
        self.labels.append(label)
        body = self.statements(depth + 1)
        self.labels.pop()
        return body

    def make_block(self, depth: int) -> str:
        label = self.name()
        return f"(block {label} {self.nested(label, depth)})"

    def make_loop(self, depth: int) -> str:
        label = self.name()
        return f"(loop {label} {_FUEL} {self.nested(label, depth)})"

    def make_if(self, depth: int) -> str:
        label = self.name()
        return f"(if {label} {self.condition()} (then {self.nested(label, depth)}))"

    def make_if_else(self, depth: int) -> str:
        label, condition = self.name(), self.condition()
        then = self.nested(label, depth)
        return f"(if {label} {condition} (then {then}) (else {self.nested(label, depth)}))"

    def make_br_if(self, depth: int) -> str:
        if not self.labels:
            return self.make_call(depth)
        return f"(br_if {self.random.choice(self.labels)} {self.condition()})"

    def make_br(self, depth: int) -> str:
        return f"(br {self.random.choice(self.labels)})" if self.labels else self.make_set(depth)

    def make_return(self, depth: int) -> str:
        return f"(return {self.value()})"

    # -- exceptions ------------------------------------------------------------------------------------------------

    def make_throw(self, depth: int) -> str:
        tag = self.random.randrange(len(TAGS))
        values = [self.value() if kind == "i32" else f"(i64.extend_i32_s {self.value()})" for kind in TAGS[tag]]
        return f"(throw $t{tag} {' '.join(values)})"

    def make_rethrow(self, depth: int) -> str:
        if not self.handlers:
            return self.make_throw(depth)
        label, local = self.random.choice(self.handlers)
        return f"(rethrow {label})" if self.legacy else f"(throw_ref (local.get {local}))"

    def make_delegate(self, depth: int) -> str:
        """What is thrown in it goes past its block, which the other form writes as a block without a handler."""
        label, body = self.name(), self.statements(depth + 1)
        return f"try {label} {body} delegate 0" if self.legacy else f"(block {label} {body})"

    def make_try(self, depth: int) -> str:
        tags: list[Optional[int]] = [tag for tag in range(len(TAGS)) if self.random.random() < 0.4]
        if self.random.random() < 0.4 or not tags:
            tags.append(None)
        label = self.name()
        local = LOCALS + 1 + self.exceptions
        self.exceptions += 1
        body = self.nested(label, depth)
        arms = []
        for tag in tags:
            taken = "".join(
                f"(local.set {self.local()}{'' if kind == 'i32' else ' (i32.wrap_i64)'})"
                for kind in (TAGS[tag][::-1] if tag is not None else ())
            )
            self.handlers.append((label, local))
            arms.append((tag, taken + self.nested(label, depth)))
            self.handlers.pop()
        return self.handled(body, arms, label, local)

    def handled(
        self, body: str, arms: list[tuple[Optional[int], str]] | list[tuple[int, str]], label: str = "", local: int = 0
    ) -> str:
        """A body with what to do for some tags (None: any), in whichever form. ``local``: where the exception goes."""
        label = label or self.name()
        if self.legacy:
            catches = [f"catch_all {arm}" if tag is None else f"catch $t{tag} {arm}" for tag, arm in arms]
            return f"try {label} {body} {' '.join(catches)} end"
        opened, closed, clauses = "", "", ""
        for tag, arm in arms:
            kind = "catch_all" if tag is None else "catch"
            target = f"{label}_{'all' if tag is None else tag}"
            types = [*(TAGS[tag] if tag is not None else ()), *(["exnref"] if local else [])]
            kept = f"(local.set {local})" if local else ""
            opened = f"(block {target} (result {' '.join(types)}) {opened}"
            clauses += f"({kind}{'_ref' if local else ''} {'' if tag is None else f'$t{tag}'} {target})"
            closed += f") {kept} {arm} (br {label})"
        return f"(block {label} {opened} (try_table {clauses} {body}) (br {label}) {closed})"


def expected(binary: bytes) -> list[int]:
    config = wasmtime.Config()
    config.wasm_exceptions = True
    engine = wasmtime.Engine(config)
    results = []
    for argument in ARGUMENTS:
        store = wasmtime.Store(engine)
        instance = wasmtime.Instance(store, wasmtime.Module(engine, binary), [])
        results.append(instance.exports(store)["f"](store, argument))
    return results


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_exceptions(seed: int) -> None:
    binary = wasmtime.wat2wasm(Generator(seed, False).module())
    results = expected(binary)
    for options in OPTIONS:
        module = load(binary, options)
        assert [module.Module().exports.f(argument) for argument in ARGUMENTS] == results, options


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_legacy_exceptions(seed: int) -> None:
    modern = load(wasmtime.wat2wasm(Generator(seed, False).module()))
    results = [modern.Module().exports.f(argument) for argument in ARGUMENTS]
    for optimize in (0, 2):
        options = Options(optimize=optimize, features=LEGACY)  # type: ignore[arg-type]
        legacy = load(wasmtime.wat2wasm(Generator(seed, True).module()), options)
        assert [legacy.Module().exports.f(argument) for argument in ARGUMENTS] == results, options
