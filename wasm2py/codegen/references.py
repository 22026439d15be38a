"""References: null checks, casts, i31 (spec §4.6.3, §4.6.6).

A null reference is None. What takes an attribute of it or calls it needs no check: Python's own exception becomes the
trap. Everything else in the hierarchy of ``any`` is told apart by its Python class (see the runtime's ``references``).
"""

from __future__ import annotations

import ast

from wasm2py.codegen import held as forms
from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.held import Held
from wasm2py.codegen.registry import integer, obj
from wasm2py.ir import Value
from wasm2py.ir.graph import is_nullable
from wasm2py.types import HeapType, RefType

_TOPS = ("any", "func", "extern", "exn")
_LEAST = ("none", "nofunc", "noextern", "noexn")
#: heap types below ``eq`` that are compared by identity: only an i31 is not
_OBJECTS = ("struct", "array", "none")


def _non_null(e: Expressions, ref: Value, trap: str = "ref_null_trap") -> ast.expr:
    """The reference, checked unless its type says that it is not null."""
    if not is_nullable(ref):
        return e.object(ref)
    first, again = e.named(e.object(ref))
    return py.choice(py.compare(first, py.IS_NOT, py.constant(None)), again, e.helper(trap))


@obj("ref.as_non_null")
def _ref_as_non_null(e: Expressions, value: Value) -> ast.expr:
    return _non_null(e, value.args[0])


@integer("ref.eq")
def _ref_eq(e: Expressions, value: Value) -> Held:
    """Two i31 are equal if their numbers are; Python does not make one object of equal ints."""
    left, right = (e.object(arg) for arg in value.args)
    kinds = [e.cells.spaces.kind(arg.type.heap) for arg in value.args if isinstance(arg.type, RefType)]
    identity = any(kind in _OBJECTS for kind in kinds)
    return forms.condition(py.compare(left, py.IS if identity else py.EQ, right))


@obj("ref.i31")
def _ref_i31(e: Expressions, value: Value) -> ast.expr:
    return e.resigned(e.held(value, 0), 31).node


@integer("i31.get_s")
def _i31_get_s(e: Expressions, value: Value) -> Held:
    return Held(_non_null(e, value.args[0], "ref_null_i31"), -1 << 30, (1 << 30) - 1)


@integer("i31.get_u")
def _i31_get_u(e: Expressions, value: Value) -> Held:
    mask = (1 << 31) - 1
    return Held(py.binary(_non_null(e, value.args[0], "ref_null_i31"), py.AND, py.integer(mask)), 0, mask)


@obj("any.convert_extern", "extern.convert_any")
def _convert(e: Expressions, value: Value) -> ast.expr:
    helper = "extern_internalised" if value.op.name == "any.convert_extern" else "extern_externalised"
    return e.helper(helper, e.object(value.args[0]))


# Casts --------------------------------------------------------------------------------------------------------------


def _is_instance(e: Expressions, heap: HeapType, first: ast.expr, again: ast.expr) -> ast.expr:
    """The condition that a reference is not null and of a heap type; ``first`` is evaluated first, and once."""
    if isinstance(heap, int):
        return _is_defined(e, heap, first)
    if heap in _TOPS:
        return py.compare(first, py.IS_NOT, py.constant(None))
    if heap in _LEAST:
        return e.helper("ref_never", first)
    if heap == "i31":
        return py.compare(py.call("type", [first]), py.IS, py.name("int"))
    if heap == "eq":
        not_null = py.compare(first, py.IS_NOT, py.constant(None))
        return py.both(not_null, _is_not_host(e, again), either=False)
    return py.call("isinstance", [first, e.runtime(f"ref_{heap}")])


def _is_not_host(e: Expressions, ref: ast.expr) -> ast.expr:
    return py.compare(py.call("type", [ref]), py.IS_NOT, e.runtime("ref_host"))


def _is_defined(e: Expressions, typeidx: int, ref: ast.expr) -> ast.expr:
    """The same for a type of the module. Nothing is below a final type, and one class is found faster than many."""
    spaces = e.cells.spaces
    type = py.name(e.cells.type_(typeidx))
    if spaces.kind(typeidx) == "func":
        return e.helper("ref_is_function", ref, type)
    if spaces.module.types[typeidx].final:
        return py.compare(py.call("type", [ref]), py.IS, type)
    return py.call("isinstance", [ref, type])


def _condition(e: Expressions, value: Value) -> tuple[ast.expr, ast.expr]:
    """The test of ``ref.test``, ``ref.cast`` and their variants for null, and the reference to use after it."""
    heap = value.immediate
    first, again = e.named(e.object(value.args[0]))
    if not value.op.name.endswith("_null"):
        return _is_instance(e, heap, first, again), again
    is_null = py.compare(first, py.IS, py.constant(None))
    if heap in _LEAST:
        return is_null, again
    return py.both(is_null, _is_instance(e, heap, again, again), either=True), again


@integer("ref.test", "ref.test_null")
def _ref_test(e: Expressions, value: Value) -> Held:
    return forms.condition(_condition(e, value)[0])


@obj("ref.cast", "ref.cast_null")
def _ref_cast(e: Expressions, value: Value) -> ast.expr:
    test, ref = _condition(e, value)
    return py.choice(test, ref, e.helper("ref_cast_failure"))
