"""Handlers in generated code: what stands in a ``try``, how deep they nest, what a handler finds."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest
import wasmtime

from tests.support.engine import load as load_binary
from tests.support.wat import load
from wasm2py.features import DEFAULT_FEATURES
from wasm2py.options import Options
from wasm2py_runtime import Trap, WasmException

_IMPORT = '(import "e" "g" (func $g (param i32) (result i32))) (tag $t (export "t") (param i32))'


class Host:
    """An imported function that throws its argument in the calls whose numbers are given."""

    def __init__(self, text: str, options: Options | None = None) -> None:
        self.module = load(f"(module {_IMPORT} {text})", options or Options())
        self.calls: list[int] = []
        self.throws: set[int] = set()
        self.instance = self.module.Module(e_g=self.called)

    def called(self, argument: int) -> int:
        self.calls.append(argument)
        if len(self.calls) in self.throws:
            raise WasmException(self.instance.exports.t, (argument,))
        return argument + 1

    def run(self, *arguments: Any, throws: tuple[int, ...] = ()) -> Any:
        self.calls, self.throws = [], set(throws)
        return self.instance.exports.f(*arguments)

    def tries(self) -> list[ast.Try]:
        return [node for node in ast.walk(ast.parse(inspect.getsource(self.module))) if isinstance(node, ast.Try)]


_THREE_CALLS = """
(memory 1)
(func (export "f") (param i32) (result i32)
  (block $h (result i32)
    (try_table (catch $t $h)
      (local.set 0 (call $g (local.get 0)))
      (i32.store (i32.const 8) (local.get 0))
      (local.set 0 (call $g (local.get 0)))
      (local.set 0 (call $g (local.get 0))))
    (return (local.get 0)))
  (i32.add (i32.mul (local.get 0) (i32.const 100))) (i32.add (i32.load (i32.const 8))))
"""


def test_calls_in_a_row_share_a_try() -> None:
    assert len(Host(_THREE_CALLS).tries()) == 1


@pytest.mark.parametrize("optimize", [0, 1, 2])
@pytest.mark.parametrize(("throws", "result"), [((), 8), ((1,), 505), ((2,), 606 + 6), ((3,), 707 + 6)])
def test_a_handler_finds_locals_and_memory_as_they_were(optimize: Any, throws: tuple[int, ...], result: int) -> None:
    assert Host(_THREE_CALLS, Options(optimize=optimize)).run(5, throws=throws) == result


def test_a_call_before_the_region_is_not_in_the_try() -> None:
    """Though it is an argument of the call in it."""
    host = Host(
        """(func (export "f") (param i32) (result i32) (call $g (local.get 0)) (local.set 0)
             (block $h (result i32) (try_table (result i32) (catch $t $h) (call $g (local.get 0)))))"""
    )
    assert host.run(1, throws=(2,)) == 2
    with pytest.raises(WasmException):
        host.run(1, throws=(1,))


def test_throw_and_catch_in_one_function_is_a_jump() -> None:
    host = Host(
        """(func (export "f") (param i32) (result i32)
             (block $h (result i32) (try_table (catch $t $h) (throw $t (local.get 0))) (i32.const 0)))"""
    )
    assert host.run(7) == 7
    assert not host.tries()


@pytest.mark.parametrize("options", [Options(), Options(disabled_passes=("nested-control",)), Options(optimize=0)])
@pytest.mark.parametrize("depth", [1, 30, 120])
def test_deep_nests(depth: int, options: Options) -> None:
    """Handler upon handler: each calls and throws on what it caught if the result is odd."""
    text = "(local.set 0 (call $g (local.get 0)))"
    for level in range(depth):
        text = f"""(block $e{level} (block $h{level} (result exnref)
            (try_table (catch_all_ref $h{level}) {text}) (br $e{level}))
            (local.set 1) (local.set 0 (call $g (i32.const {level})))
            (if (i32.and (local.get 0) (i32.const 1)) (then (throw_ref (local.get 1)))))"""
    host = Host(f'(func (export "f") (param i32) (result i32) (local exnref) {text} (local.get 0))', options)
    assert host.run(3) == 4
    assert host.run(3, throws=(1, 2)) == 2 if depth > 1 else True
    with pytest.raises(WasmException) as caught:
        host.run(3, throws=range(1, depth + 2))  # type: ignore[arg-type]
    assert caught.value.values == (depth - 1,)


def test_catch_all_takes_no_trap() -> None:
    host = Host(
        """(func $trap (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
           (func (export "f") (param i32) (result i32)
             (block $h (try_table (catch_all $h) (return (call $trap (local.get 0))))) (i32.const 5))"""
    )
    with pytest.raises(Trap, match="integer divide by zero"):
        host.run(0)


def test_throw_ref_of_null_traps() -> None:
    host = Host('(func (export "f") (throw_ref (ref.null exn)))')
    with pytest.raises(Trap, match="null exception reference"):
        host.run()


def test_delegate_goes_past_the_handler_in_between() -> None:
    text = f"""(module {_IMPORT} (func (export "f") (param i32) (result i32)
      try $outer (result i32)
        try $inner (result i32)
          try (result i32) (call $g (local.get 0)) delegate $outer
        catch $t drop (i32.const 1) end
      catch $t drop (i32.const 2) end))"""
    module = load_binary(wasmtime.wat2wasm(text), Options(features=DEFAULT_FEATURES | {"legacy-exceptions"}))

    def throw(argument: int) -> int:
        raise WasmException(instance.exports.t, (argument,))

    instance = module.Module(e_g=throw)
    assert instance.exports.f(0) == 2
