"""The Python text of a call across the boundary, for one function type: export wrappers and shims (see boundary.py).

Hosts give integers of either sign and get signed ones; raw functions take and give canonical values. Most integers that
cross are small and not negative, canonical as they are: they are told from all others by one test of all arguments
or'ed together. (Integers below 2**30 compare fastest in CPython.) So a bool beside an int passes as it is: it computes
as the 0 or 1 that it equals.
"""

from __future__ import annotations

from collections.abc import Sequence

from .matching import hierarchy
from .types import FuncType, ValueType

#: Whether an integer may not be in canonical form.
_OTHER = "type({0}) is not int or {0} < 0 or {0} > 0x3FFFFFFF"
#: The same for any host value. Types that are not here are always converted.
_UNFIT: dict[ValueType, str] = {"i32": _OTHER, "i64": _OTHER, "f64": "type({0}) is not float"}
_FROM_HOST: dict[ValueType, str] = {
    "i32": "{0} % 0x100000000 if type({0}) is int and -0x80000000 <= {0} <= 0xFFFFFFFF else as_i32({0}, name, {1})",
    "i64": "{0} % 0x10000000000000000 if type({0}) is int and -0x8000000000000000 <= {0} <= 0xFFFFFFFFFFFFFFFF"
    " else as_i64({0}, name, {1})",
    "f32": "f32_round({0}) if type({0}) is float and {0} == {0} else as_f32({0}, name, {1})",
    "f64": "as_f64({0}, name, {1})",
    "v128": "as_v128({0}, name, {1})",
    "funcref": "as_funcref({0}, name, {1})",
}
#: For references of other types; ``types`` are those of the parameters and then the results.
_REF_FROM_HOST = "as_ref({0}, types[{2}], name, {1})"
_REF_TO_HOST = {"func": "exported({0})", "any": "externalised({0})"}
_TO_HOST: dict[ValueType, str] = {
    "i32": "{0} if {0} <= 0x3FFFFFFF else {0} if {0} <= 0x7FFFFFFF else {0} - 0x100000000",
    "i64": "{0} if {0} <= 0x3FFFFFFF else {0} if {0} <= 0x7FFFFFFFFFFFFFFF else {0} - 0x10000000000000000",
}
_SPAN: dict[ValueType, str] = {"i32": "0x100000000", "i64": "0x10000000000000000"}

_EXPORT_TEMPLATE = """
def make(raw, name):
    def exported_function({signature}):
{arguments}        try:
            {assign}raw({names})
        except Exception as error:
            trap = translate(error)
            if trap is None:
                raise
        else:
            return {results}
        raise trap
    return exported_function
"""
_NESTING_EXPORT_TEMPLATE = """
def make(raw, name):
    pace = raw.wasm_pace
    def room({names}):
        return raw({names})
    room = with_room(room)
    unmeasured = 0
    def exported_function({signature}):
        nonlocal unmeasured
{arguments}        try:
            if unmeasured > 0:
                unmeasured -= 1
                {assign}raw({names})
            else:
                started = clock()
                {assign}(room if pace.lasts else raw)({names})
                unmeasured = pace.note(clock() - started)
        except Exception as error:
            trap = translate(error)
            if trap is None:
                raise
        else:
            return {results}
        raise trap
    return exported_function
"""
_SHIM_TEMPLATE = """
def make(host, name):
    def shim({names}):
        r = host({converted})
{results}    return shim
"""
_COUNTED_SHIM_TEMPLATE = """
def make(host, name):
    def shim({names}):
        nesting = threads.nesting
        if nesting.depth >= nesting.limit:
            raise ExhaustionError
        nesting.depth += 1
        try:
            r = host({converted})
        finally:
            nesting.depth -= 1
{results}    return shim
"""


def export_source(type: FuncType, nests: bool) -> str:
    """The source of ``make(raw, name)``, which makes the wrapper of a raw function of this type.

    ``nests``: where its calls last, the function gets room on the stack for those that it calls (see room.py).
    """
    names = _names("a", type.params)
    results = _names("r", type.results)
    template = _NESTING_EXPORT_TEMPLATE if nests else _EXPORT_TEMPLATE
    return template.format(
        signature=", ".join([*names, "/"]) if names else "",
        arguments=_indented(_from_host(names, type.params, 1)),
        assign=", ".join(results) + " = " if results else "",
        names=", ".join(names),
        results=", ".join(f"({_to_host(name, kind)})" for name, kind in zip(results, type.results)),
    )


def shim_source(type: FuncType, counted: bool) -> str:
    """The source of ``make(host, name)``, which makes the shim around a host callable imported with this type."""
    names = _names("a", type.params)
    converted = [_to_host(name, kind) for name, kind in zip(names, type.params)]
    template = _COUNTED_SHIM_TEMPLATE if counted else _SHIM_TEMPLATE
    results = _indented(_shim_results(type.results, len(type.params)))
    return template.format(names=", ".join(names), converted=", ".join(converted), results=results)


def _shim_results(types: tuple[ValueType, ...], first: int) -> list[str]:
    """The lines of a shim that check and return ``r``."""
    if not types:
        return ["if r is not None: refuse_result(r, name)"]
    if len(types) == 1:
        return [*_from_host(["r"], types, -1, first), "return r"]
    names = _names("r", types)
    split = f"{', '.join(names)} = as_results(r, {len(types)}, name)"
    return [split, *_from_host(names, types, -1, first), f"return {', '.join(names)}"]


def _from_host(names: Sequence[str], types: Sequence[ValueType], step: int, first: int = 0) -> list[str]:
    """The statements that bring variables into canonical form. The places that messages name go by ``step``.

    ``first`` is where these types begin among those of parameters and results.
    """
    integers: list[tuple[str, ValueType, int]] = []
    others: list[str] = []
    for place, (name, kind) in enumerate(zip(names, types), 1):
        if kind in _SPAN:
            integers.append((name, kind, place * step))
        elif kind != "externref":
            others += _convert(name, kind, place * step, first + place - 1)
    return _convert_integers(integers) + others


def _convert(name: str, kind: ValueType, place: int, position: int = 0) -> list[str]:
    template = _FROM_HOST.get(kind, _REF_FROM_HOST)
    statement = f"{name} = " + template.format(name, place, position)
    return [f"if {_UNFIT[kind].format(name)}: {statement}" if kind in _UNFIT else statement]


def _convert_integers(integers: Sequence[tuple[str, ValueType, int]]) -> list[str]:
    """One test for all; each by itself only if that fails (or if there is something that ``|`` does not take)."""
    if len(integers) < 2:
        return [line for integer in integers for line in _convert(*integer)]
    lines = ["try:", f"    t = {' | '.join(name for name, _, _ in integers)}", "except TypeError:", "    t = -1"]
    lines.append(f"if {_OTHER.format('t')}:")
    for name, kind, place in integers:
        small = f"type({name}) is int and -0x40000000 < {name} < 0"
        lines.append(f"    if {small}: {name} += {_SPAN[kind]}")
        lines += [f"    el{line}" for line in _convert(name, kind, place)]
    return lines


def _to_host(expression: str, kind: ValueType) -> str:
    template = _TO_HOST.get(kind)
    return (template or _REF_TO_HOST.get(hierarchy(kind), "{0}")).format(expression)


def _names(prefix: str, types: tuple[ValueType, ...]) -> list[str]:
    return [f"{prefix}{position}" for position in range(len(types))]


def _indented(lines: Sequence[str]) -> str:
    return "".join(f"        {line}\n" for line in lines)
