"""Host functions: arguments, results, exceptions that pass through, identity (spec §4.5.5)."""

from __future__ import annotations

import functools
import itertools
import math
import operator
from typing import Any, Callable

import pytest

from wasm2py_runtime import ExhaustionError, FuncType, Global, GlobalType, Trap, host_function, numeric
from wasm2py_runtime.boundary import exported, raw_function


def shim(params: tuple[str, ...], results: tuple[str, ...], host: Callable[..., Any]) -> Any:
    """The raw function that generated code calls for a host function imported as env.f."""
    return raw_function(host, FuncType(params, results), "env.f")


def test_hosts_get_signed_integers_and_exported_functions() -> None:
    seen: list[Any] = []
    params = ("i32", "i64", "f32", "f64", "externref", "funcref", "funcref")
    raw = shim(params, (), lambda *arguments: seen.extend(arguments))
    function = host_function(FuncType(), lambda: None)
    thing = object()
    raw(0xFFFFFFFF, 1 << 63, 0.5, -0.0, thing, function.wasm_raw, None)
    assert seen == [-1, -(1 << 63), 0.5, 0.0, thing, function, None]


@pytest.mark.parametrize(
    "kind, given, canonical",
    [
        ("i32", -1, 0xFFFFFFFF),
        ("i32", True, 1),
        ("i32", 1 << 31, 1 << 31),
        ("i64", -2, (1 << 64) - 2),
        ("i64", (1 << 64) - 1, (1 << 64) - 1),
        ("f64", 3, 3.0),
        ("f32", 0.1, 0.10000000149011612),
        ("f32", 1e300, math.inf),
        ("f32", (1 << 24) + 1, float(1 << 24)),
        ("externref", "any", "any"),
        ("funcref", None, None),
    ],
)
def test_results_become_canonical(kind: str, given: Any, canonical: Any) -> None:
    result = shim((), (kind,), lambda: given)()
    assert (result, type(result)) == (canonical, type(canonical))
    assert shim((), (kind, kind), lambda: [given, given])() == (canonical, canonical)


@pytest.mark.parametrize(
    "results, given, error, message",
    [
        ((), 5, TypeError, r"env\.f\(\) has no result and must return None, not int"),
        (("i32",), None, TypeError, r"env\.f\(\): result 1 must be an int \(i32\), not NoneType"),
        (("i32",), 1.0, TypeError, r"env\.f\(\): result 1 must be an int"),
        (("i32",), (1,), TypeError, r"env\.f\(\): result 1 must be an int"),
        (("i32",), 1 << 32, OverflowError, r"env\.f\(\): result 1 is out of range for i32"),
        (("f64",), "1", TypeError, r"env\.f\(\): result 1 must be a float \(f64\), not str"),
        (("funcref",), len, TypeError, r"env\.f\(\): result 1 must be an exported WebAssembly function"),
        (("i32", "i64"), 5, TypeError, r"env\.f\(\) must return a tuple of 2 results, not int"),
        (("i32", "i64"), (1, 2, 3), TypeError, r"env\.f\(\) must return 2 results, not 3"),
        (("i32", "f64"), (1, None), TypeError, r"env\.f\(\): result 2 must be a float"),
    ],
)
def test_wrong_results_name_the_import(results: tuple[str, ...], given: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        shim((), results, lambda: given)()


class Callable_:
    """An object that can be called, as a method and as a static thing."""

    def __call__(self, n: int) -> int:
        return n + 1

    def method(self, n: int) -> int:
        return n + 1

    @classmethod
    def of_class(cls, n: int) -> int:
        return n + 1


@pytest.mark.parametrize(
    "host",
    [
        lambda n: n + 1,
        lambda *n: n[0] + 1,
        Callable_(),
        Callable_().method,
        Callable_.of_class,
        functools.partial(operator.add, 1),
        functools.lru_cache(lambda n: n + 1),
        (1).__add__,
        functools.partial(lambda a, b: b + a, 1),
    ],
)
def test_any_callable_serves(host: Callable[..., Any]) -> None:
    raw = shim(("i32",), ("i32",), host)
    assert raw(41) == 42
    assert raw(0xFFFFFFFE) == 0xFFFFFFFF
    assert host_function(FuncType(("i32",), ("i32",)), host)(-1) == 0


def test_exceptions_of_hosts_pass_through_unchanged() -> None:
    class Longjmp(Exception):
        pass

    for error in (
        Longjmp("x"),
        IndexError("list index out of range"),
        ZeroDivisionError(),
        TypeError("t"),
        KeyError(1),
    ):
        function = host_function(FuncType(), functools.partial(throw, error))
        with pytest.raises(type(error)) as caught:
            function()
        assert caught.value is error
        assert caught.value.__cause__ is None


def throw(error: BaseException) -> None:
    raise error


def test_builtins_fail_as_themselves() -> None:
    with pytest.raises(IndexError, match="pop from empty list"):
        host_function(FuncType((), ("i32",)), [].pop)()
    with pytest.raises(ZeroDivisionError):
        host_function(FuncType(("i32", "i32"), ("i32",)), operator.floordiv)(1, 0)


def test_a_host_without_end_fails_as_itself_unless_wasm_is_part_of_the_cycle() -> None:
    def forever() -> None:
        forever()

    with pytest.raises(RecursionError) as caught:
        host_function(FuncType(), forever)()
    assert not isinstance(caught.value, Trap)

    def long_way(n: int = 50) -> None:
        long_way(n - 1) if n else mutual()

    mutual = host_function(FuncType(), lambda: long_way())
    with pytest.raises(ExhaustionError):
        mutual()


def test_an_exported_function_is_made_once() -> None:
    function = host_function(FuncType(("i32",), ("i32",)), abs)
    assert function.wasm_raw.wasm_export is function
    cell = Global("funcref", function)
    assert cell.value is function
    assert cell.cell.cell_contents is function.wasm_raw
    assert function.__name__ == "abs"
    assert function.type == FuncType(("i32",), ("i32",))


def test_signalling_nans_cross_both_ways() -> None:
    signalling = numeric.f32_reinterpret_i32(0x7FA00001)
    seen: list[float] = []
    echo = host_function(FuncType(("f32",), ("f32",)), lambda value: seen.append(value) or value)
    assert numeric.i32_reinterpret_f32(echo(signalling)) == 0x7FA00001
    assert numeric.i32_reinterpret_f32(seen[0]) == 0x7FA00001
    wide = numeric.f64_reinterpret_i64(0x7FF8000000000F00)
    assert numeric.i32_reinterpret_f32(echo(wide)) == 0x7FC00000


class Index:
    """An integer by ``__index__`` alone, as NumPy's are when ``|`` is not tried on them."""

    def __init__(self, value: int) -> None:
        self.value = int(value)

    def __index__(self) -> int:
        return self.value


class Wrapping(Index):
    """An integer whose own ``|`` gives one of its kind, as NumPy's do."""

    def __or__(self, other: Any) -> Wrapping:
        return Wrapping(self.value | operator.index(other))

    __ror__ = __or__


EDGES = [0, 1, (1 << 30) - 1, 1 << 30, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, -1, -(1 << 30), -(1 << 31), True]
WIDE = [(1 << 63) - 1, 1 << 63, (1 << 64) - 1, -(1 << 63), 1 << 32, -(1 << 31) - 1]
OUTSIDE = {"i32": [1 << 32, -(1 << 31) - 1], "i64": [1 << 64, -(1 << 63) - 1]}
KINDS = ["i32", "i64"]


def echo(*kinds: str) -> tuple[Any, list[Any]]:
    """An exported function that takes these types and gives them back, and what it was given last."""
    seen: list[Any] = []
    type = FuncType(kinds, kinds)
    names = ", ".join(f"a{index}" for index in range(len(kinds)))
    scope: dict[str, Any] = {"seen": seen}
    exec(f"def raw({names}):\n    seen[:] = [{names}]\n    return {names}", scope)
    scope["raw"].wasm_type = type
    return exported(scope["raw"]), seen


@pytest.mark.parametrize("kinds", [(a,) for a in KINDS] + [(a, b) for a in KINDS for b in KINDS])
def test_integer_arguments_become_canonical(kinds: tuple[str, ...]) -> None:
    function, seen = echo(*kinds)
    choices = [EDGES + WIDE * (kind == "i64") for kind in kinds]
    for given in itertools.product(*choices):
        for wrap in (int, Index, Wrapping):
            result = function(*[wrap(value) for value in given])
            assert seen == [value % (1 << int(kind[1:])) for kind, value in zip(kinds, given)]
            signed = [value - (1 << int(kind[1:])) * (value >> int(kind[1:]) - 1) for kind, value in zip(kinds, seen)]
            assert (list(result) if len(kinds) > 1 else [result]) == signed


@pytest.mark.parametrize("kinds", [(a,) for a in KINDS] + [(a, b, c) for a in KINDS for b in KINDS for c in KINDS])
def test_wrong_integer_arguments_are_named(kinds: tuple[str, ...]) -> None:
    function, _ = echo(*kinds)
    for place, kind in enumerate(kinds):
        wrong: list[tuple[Any, type]] = [(value, OverflowError) for value in OUTSIDE[kind]]
        wrong += [(value, TypeError) for value in (1.0, "1", None, [1], {1}, b"1", 1j)]
        for value, error in wrong:
            arguments = [5] * len(kinds)
            arguments[place] = value
            with pytest.raises(
                error, match=rf"raw\(\): argument {place + 1} (must be an int|is out of range)"
            ) as caught:
                function(*arguments)
            assert caught.value.__cause__ is None and caught.value.__suppress_context__ | (error is OverflowError)
    with pytest.raises(TypeError, match=r"raw\(\)"):
        function()
    with pytest.raises(TypeError, match=r"raw\(\)"):
        function(*[1] * len(kinds), 1)


def test_arguments_of_all_types_together() -> None:
    function, seen = echo("f64", "i32", "f32", "i64", "externref")
    assert function(1, -1, 0.1, -2, seen) == (1.0, -1, 0.10000000149011612, -2, seen)
    for place, value in enumerate(["x", "x", "x", "x"]):
        arguments: list[Any] = [1.0, 2, 3.0, 4, None]
        arguments[place] = value
        with pytest.raises(TypeError, match=rf"argument {place + 1} must be"):
            function(*arguments)


def test_globals() -> None:
    counter = Global("i32", 7, mutable=True)
    counter.value = -1
    assert (counter.value, counter.cell.cell_contents) == (-1, 0xFFFFFFFF)
    assert counter.type == GlobalType("i32", True)
    with pytest.raises(AttributeError, match="immutable"):
        Global("i32", 7).value = 8
    with pytest.raises(TypeError, match=r"Global\.value must be an int \(i32\), not float"):
        counter.value = 1.5
    with pytest.raises(OverflowError, match=r"Global\.value is out of range"):
        counter.value = 1 << 32
    with pytest.raises(TypeError, match="Global must be a float"):
        Global("f64", "x")
    assert Global("f32", 0.1).value == 0.10000000149011612
    assert Global("i64", (1 << 64) - 1).value == -1
    assert Global("externref", counter).value is counter
    assert "Global -1" in repr(counter)
