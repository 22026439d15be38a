"""Reference instructions, casts and branches on references (spec §3.4.6, §3.4.9, §3.4.2)."""

from __future__ import annotations

from wasm2py.errors import ValidationError
from wasm2py.instruction import Opcode
from wasm2py.types import HeapType, RefType, ValType
from wasm2py.validate.lattice import ABSTRACT, shown
from wasm2py.validate.operands import Operands, mismatch
from wasm2py.validate.registry import CONSTANT_CHECKS, rule


@rule("ref.null")
def ref_null(v: Operands, opcode: Opcode, heap: HeapType) -> None:
    v.push(v.context.types.value_type(RefType(True, heap)))


@rule("ref.func")
def ref_func(v: Operands, opcode: Opcode, funcidx: int) -> None:
    """In a function, only for functions that something outside of functions mentions (spec §3.4.6)."""
    type = v.context.function_reference(funcidx)
    if funcidx not in v.context.declared:
        raise ValidationError(f"undeclared function reference {funcidx}")
    v.push(type)


@rule("ref.func", table=CONSTANT_CHECKS)
def constant_ref_func(v: Operands, opcode: Opcode, funcidx: int) -> None:
    """Function indices in element segments count as this instruction, and are older than it: no feature is needed."""
    v.push(v.context.function_reference(funcidx))


@rule("ref.is_null")
def ref_is_null(v: Operands, opcode: Opcode, immediate: None) -> None:
    v.pop_reference()
    v.push("i32")


@rule("ref.as_non_null")
def ref_as_non_null(v: Operands, opcode: Opcode, immediate: None) -> None:
    v.push(v.context.types.reference(False, v.pop_reference().heap))


@rule("br_on_null")
def br_on_null(v: Operands, opcode: Opcode, label: int) -> None:
    """Branches without the reference; after it the reference is not null."""
    types = v.label(label)
    got = v.pop_reference()
    v.apply(types, types)
    v.push(v.context.types.reference(False, got.heap))


@rule("br_on_non_null")
def br_on_non_null(v: Operands, opcode: Opcode, label: int) -> None:
    """Branches with the reference, which is not null then; after it the reference is gone."""
    types = v.label(label)
    if not types or isinstance(types[-1], str):
        raise mismatch("reference type", shown(types), where="label")
    v.pop(v.context.types.reference(True, types[-1].heap))
    v.apply(types[:-1], types[:-1])


@rule("ref.test", "ref.test_null")
def ref_test(v: Operands, opcode: Opcode, heap: HeapType) -> None:
    _cast_operand(v, opcode, heap)
    v.push("i32")


@rule("ref.cast", "ref.cast_null")
def ref_cast(v: Operands, opcode: Opcode, heap: HeapType) -> None:
    v.push(_cast_operand(v, opcode, heap))


def _cast_operand(v: Operands, opcode: Opcode, heap: HeapType) -> RefType:
    """Take any reference of the hierarchy that the type belongs to; the type that it is cast to."""
    types = v.context.types
    target = types.reference_type(RefType(opcode.name.endswith("_null"), heap))
    v.pop(types.reference(True, types.top(target.heap)))
    return target


@rule("br_on_cast")
def br_on_cast(v: Operands, opcode: Opcode, immediate: tuple[int, RefType, RefType]) -> None:
    """Branches with a reference of the target type; after it it has the rest of the source type."""
    label, source, target = _cast_types(v, immediate)
    rest = _difference(v, source, target)
    _branch_on_cast(v, label, source, target, rest)


@rule("br_on_cast_fail")
def br_on_cast_fail(v: Operands, opcode: Opcode, immediate: tuple[int, RefType, RefType]) -> None:
    """The other way round: branches if the cast fails."""
    label, source, target = _cast_types(v, immediate)
    rest = _difference(v, source, target)
    _branch_on_cast(v, label, source, rest, target)


def _cast_types(v: Operands, immediate: tuple[int, RefType, RefType]) -> tuple[int, RefType, RefType]:
    """The immediates, with canonical types; a cast goes down."""
    label, source, target = immediate
    source = v.context.types.reference_type(source)
    target = v.context.types.reference_type(target)
    if not v.context.types.matches(target, source):
        raise ValidationError(f"type mismatch on cast: type {target} does not match {source}")
    return label, source, target


def _difference(v: Operands, source: RefType, target: RefType) -> RefType:
    """What a reference can be that is no ``target``: if that takes null, it is not null (spec §3.1.1, "diff")."""
    return v.context.types.reference(False, source.heap) if target.nullable else source


def _branch_on_cast(v: Operands, label: int, source: RefType, taken: RefType, rest: RefType) -> None:
    """Take the source, branch with one type, go on with the other."""
    types = v.label(label)
    if not types or not v.context.types.matches(taken, types[-1]):
        raise mismatch(f"type {taken}", shown(types), where="label")
    below: list[ValType] = types[:-1]
    v.apply([*below, source], [*below, rest])


@rule("any.convert_extern")
def any_convert_extern(v: Operands, opcode: Opcode, immediate: None) -> None:
    _convert(v, "extern", "any")


@rule("extern.convert_any")
def extern_convert_any(v: Operands, opcode: Opcode, immediate: None) -> None:
    _convert(v, "any", "extern")


def _convert(v: Operands, source: str, target: str) -> None:
    """Between the inner and the outer hierarchy; null stays null."""
    got = v.pop_reference()
    if not v.context.types.matches(got, ABSTRACT[True, source]):
        raise mismatch(f"[{ABSTRACT[True, source]}]", shown([got]))
    v.push(ABSTRACT[got.nullable, target])
