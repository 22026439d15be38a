"""Casts and null checks that cannot fail disappear.

before:  v1 = ref.cast 5 v0              after:  v1 = ref.cast 5 v0
         v2 = struct.get 5 0 v1                  v2 = struct.get 5 0 v1
         v3 = ref.cast 4 v0                      v4 = struct.get 4 1 v0
         v4 = struct.get 4 1 v3
         (4 is a supertype of 5)

A cast cannot fail where the operand's own type says so, after another cast of the same value, or where a branch has
tested it. The operand takes the place of the cast. Compilers of object-oriented languages cast again at each use.
"""

from __future__ import annotations

from typing import Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Block, Branch, Function, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import resolve
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.passes.replacing import forward_operands, replace
from wasm2py.types import HeapType, RefType
from wasm2py.validate.lattice import ABOVE

_NON_NULL = BY_NAME["ref.as_non_null"]
_CASTS = frozenset((BY_NAME["ref.cast"], BY_NAME["ref.cast_null"], _NON_NULL))
#: what the builder makes casts of
_SOURCES = _CASTS | {op for op in BY_NAME.values() if op.name.startswith("br_on_")}
_TESTS = {BY_NAME["ref.test"]: False, BY_NAME["ref.test_null"]: True}
_IS_NULL, _EQZ = BY_NAME["ref.is_null"], BY_NAME["i32.eqz"]


def drop_casts(function: Function) -> None:
    if not _SOURCES.isdisjoint(function.spaces.opcodes):
        _Casts(function).run()


class _Casts:
    """What is known of references on the way from the entry to the block: types they are of, by value."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.spaces = function.spaces
        self.known: dict[int, list[RefType]] = {}
        self.replaced = False

    def run(self) -> None:
        dominance = Dominance(self.function)
        work: list[tuple[Block, Optional[list[int]]]] = [(self.function.blocks[0], None)]
        while work:
            block, noted = work.pop()
            if noted is not None:
                for id in noted:
                    self.known[id].pop()
                continue
            work.append((block, self._visit(block)))
            work.extend((child, None) for child in dominance.children[block])
        if self.replaced:
            forward_operands(self.function)

    def _visit(self, block: Block) -> list[int]:
        """Drop the casts of a block; gives the values that something was noted of."""
        noted = self._tested(block)
        body: list[Value] = []
        for value in block.body:
            resolve(value.args)
            if value.op in _CASTS:
                assert isinstance(value.type, RefType)
                if self._is(value.args[0], value.type):
                    replace(value, value.args[0])
                    self.replaced = True
                    continue
                noted.append(self._note(value.args[0], value.type))
            body.append(value)
        block.body = body
        return noted

    def _note(self, ref: Value, type: RefType) -> int:
        self.known.setdefault(ref.id, []).append(type)
        return ref.id

    def _tested(self, block: Block) -> list[int]:
        """Note what the branch to a block says of a reference, if there is no other way to it."""
        terminator = block.preds[0].terminator if len(block.preds) == 1 else None
        if not isinstance(terminator, Branch) or terminator.targets[0] is terminator.targets[1]:
            return []
        test, holds = terminator.args[0].resolve(), terminator.targets[0] is block
        while test.op is _EQZ:
            test, holds = test.args[0].resolve(), not holds
        if test.op in _TESTS and holds:
            return [self._note(test.args[0].resolve(), RefType(_TESTS[test.op], test.immediate))]
        ref = test.args[0].resolve() if test.op is _IS_NULL and not holds else None
        if ref is None or not isinstance(ref.type, RefType):
            return []
        return [self._note(ref, RefType(False, ref.type.heap))]

    def _is(self, ref: Value, wanted: RefType) -> bool:
        """Whether a reference is surely of a type; that it is not null may come from elsewhere than the rest."""
        facts = [ref.type, *self.known.get(ref.id, ())]
        types = [type for type in facts if isinstance(type, RefType)]
        if not wanted.nullable and all(type.nullable for type in types):
            return False
        return any(is_below(self.spaces, type.heap, wanted.heap) for type in types)


def is_below(spaces: IndexSpaces, given: HeapType, wanted: HeapType) -> bool:
    """Whether a heap type is below another one (spec §3.3.3), or is it, as far as declared supertypes say."""
    while isinstance(given, int) and given != wanted:
        above = spaces.module.types[given].supertypes
        given = above[0] if above else spaces.kind(given)
    if given == wanted:
        return True
    return isinstance(given, str) and isinstance(wanted, str) and wanted in ABOVE[given]
