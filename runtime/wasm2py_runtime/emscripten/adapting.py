"""Host functions that fit the type a module imports them with, so far as it means the same.

What Emscripten's versions differ in: whether a function has a result, and whether an i64 is one, or two i32 with the
low half first (modules made without ``WASM_BIGINT``; such a result leaves its high half in ``tempRet0``).

An adapter is a raw function (see boundary.py): compiled for each signature, so that no call goes through C.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Callable, Optional

from ..boundary import RawFunction
from ..float_bits import f32_round
from ..intrinsics import Intrinsic
from ..types import FuncType, ValueType

if TYPE_CHECKING:
    from .host import Emscripten
    from .registry import EnvFunction

_TYPES: dict[str, tuple[ValueType, ...]] = {
    "i": ("i32",),
    "j": ("i64",),
    "p": ("i32", "i64"),
    "f": ("f32",),
    "d": ("f64",),
}
_RESULTS: dict[Optional[ValueType], str] = {
    None: "function({arguments})",
    "i32": "r = function({arguments}); return 0 if r is None else r & 0xFFFFFFFF",
    "i64": "r = function({arguments}); return 0 if r is None else r & 0xFFFFFFFFFFFFFFFF",
    "f32": "return f32_round(float(function({arguments})))",
    "f64": "return float(function({arguments}))",
}
_SPLIT_RESULT = "r = function({arguments}); host.set_temp_ret0(r >> 32 & 0xFFFFFFFF); return r & 0xFFFFFFFF"
_SIGNED = "({0} ^ 0x8000000000000000) - 0x8000000000000000"
_TEMPLATE = """def make(function, host, f32_round):
    def raw({names}):
        {body}
    return raw
"""


class Adapted(Intrinsic):
    """May be given for an import of any function type that one of ``functions`` can be adapted to.

    Each is ``run(host, ...)``; or ``run(...)``, if they take no host.
    """

    def __init__(self, functions: Sequence[EnvFunction], host: Emscripten, takes_host: bool = True) -> None:
        super().__init__(functions[0].run, lambda type: self._find(type) is not None)
        self._functions, self._host, self._takes_host = functions, host, takes_host

    def raw_for(self, type: FuncType) -> Optional[RawFunction]:
        """A raw function of this type; None if there is none."""
        found = self._find(type)
        if found is None:
            return None
        function, source = found
        self._host.old_records = self._host.old_records or function.old
        return compiled(source, type, function.run, self._host, f32_round)

    def _find(self, type: FuncType) -> Optional[tuple[EnvFunction, str]]:
        """The function for an import of this type, and the text of ``make``; None if none fits."""
        for function in self._functions:
            for signature in function.signatures.split():
                source = self._source(signature, type)
                if source is not None:
                    return function, source
        return None

    def _source(self, signature: str, type: FuncType) -> Optional[str]:
        arguments, body = _arguments(signature[1:], type.params), _result(signature[0], type.results)
        if arguments is None or body is None:
            return None
        names = ", ".join([f"a{place}" for place in range(len(type.params))])
        first = ["host"] if self._takes_host else []
        return _TEMPLATE.format(names=names, body=body.format(arguments=", ".join(first + arguments)))


def fits(signature: str, type: FuncType) -> bool:
    """Whether a function of this type may be called with a signature."""
    return _arguments(signature[1:], type.params) is not None and _result(signature[0], type.results) is not None


def compiled(source: str, type: FuncType, *given: Any) -> RawFunction:
    """The raw function that ``make(*given)`` makes. Its code is its own, which the interpreter can specialise."""
    raw: RawFunction = _maker(source)(*given)
    raw.__code__ = raw.__code__.replace()
    raw.wasm_type = type
    return raw


@cache
def _maker(source: str) -> Callable[..., Any]:
    namespace: dict[str, Any] = {"__name__": __name__}
    exec(compile(source, "<wasm2py import of env>", "exec"), namespace)
    make: Callable[..., Any] = namespace["make"]
    return make


def _arguments(letters: str, params: tuple[ValueType, ...]) -> Optional[list[str]]:
    """What each argument of the host function is made of."""
    arguments: list[str] = []
    place = 0
    for letter in letters:
        given = params[place : place + 1]
        if given and given[0] in _TYPES[letter]:
            arguments.append(_SIGNED.format(f"a{place}") if letter == "j" else f"a{place}")
            place += 1
        elif letter == "j" and params[place : place + 2] == ("i32", "i32"):
            arguments.append(_SIGNED.format(f"(a{place} | a{place + 1} << 32)"))
            place += 2
        else:
            return None
    return arguments if place == len(params) else None


def _result(letter: str, results: tuple[ValueType, ...]) -> Optional[str]:
    """The statement that calls the host function; a result more or less than it has does no harm."""
    if not results:
        return _RESULTS[None]
    if len(results) > 1:
        return None
    if letter == "j" and results == ("i32",):
        return _SPLIT_RESULT
    expected = _TYPES["i" if letter == "v" else letter]
    return _RESULTS[results[0]] if results[0] in expected else None
