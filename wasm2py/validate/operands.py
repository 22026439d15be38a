"""The state of checking one expression: operands, open blocks, locals (spec appendix "Validation Algorithm")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wasm2py.errors import ValidationError
from wasm2py.types import RefType, ValType
from wasm2py.validate.context import Context
from wasm2py.validate.implementation_limits import MAX_OPERANDS, at_most
from wasm2py.validate.lattice import BOTTOM, BOTTOM_REFERENCE, shown
from wasm2py.validate.typespace import EMPTY

_NOTHING: Final = EMPTY.params


def mismatch(required: str, found: str, who: str = "instruction", where: str = "stack") -> ValidationError:
    """A type mismatch, in the words of the reference interpreter."""
    return ValidationError(f"type mismatch: {who} requires {required} but {where} has {found}")


class Frame:
    """An open block, or the expression itself.

    ``kind`` is the instruction that began it or its last part. ``label`` is what a branch to it takes. ``height`` is
    how many operands lie below it, ``inits`` how many locals had been initialised before it.
    """

    __slots__ = ("height", "inits", "kind", "label", "params", "results", "unreachable")

    def __init__(self, kind: str, params: list[ValType], results: list[ValType], height: int, inits: int) -> None:
        self.kind = kind
        self.params = params
        self.results = results
        self.label = params if kind == "loop" else results
        self.height = height
        self.inits = inits
        self.unreachable = False


class Operands:
    """The operand stack and the stack of open blocks.

    Types on the stack are the canonical ones of the type space, or BOTTOM for an operand of unknown type.
    """

    __slots__ = ("context", "frame", "frames", "initialised", "inits", "locals", "params", "results", "stack")

    def __init__(
        self,
        context: Context,
        results: list[ValType],
        locals: Sequence[ValType] = _NOTHING,
        params: int = 0,
    ) -> None:
        self.context = context
        self.results = results
        self.stack: list[ValType] = []
        #: the types of parameters and locals, and how many of them are parameters
        self.locals = locals
        self.params = params
        #: locals without a default value that have been set, and the same in the order of setting
        self.initialised: set[int] = set()
        self.inits: list[int] = []
        #: the innermost open block, and all of them
        self.frame = Frame("expression", _NOTHING, results, 0, 0)
        self.frames = [self.frame]

    # Operands

    def push(self, type: ValType) -> None:
        self.stack.append(type)

    def give(self, results: list[ValType]) -> None:
        """Put many operands on the stack, but not too many."""
        self.stack += results
        if len(self.stack) > MAX_OPERANDS:
            at_most(MAX_OPERANDS, len(self.stack), "operands")

    def apply(self, params: list[ValType], results: list[ValType]) -> None:
        """Take ``params`` from the stack and put ``results`` there."""
        stack = self.stack
        base = len(stack) - len(params)
        if base >= self.frame.height and stack[base:] == params:
            stack[base:] = results
        else:
            self.replace(params, results)

    def replace(self, params: list[ValType], results: list[ValType]) -> None:
        """As ``apply``, with subtyping and for unreachable code."""
        self.check(self.top(params), params)
        del self.stack[max(self.frame.height, len(self.stack) - len(params)) :]
        self.stack += results

    def top(self, wanted: list[ValType]) -> list[ValType]:
        """As many operands as are wanted, which stay; where code is unreachable, those that are known of them."""
        operands = self.stack[max(self.frame.height, len(self.stack) - len(wanted)) :]
        if len(operands) < len(wanted) and not self.frame.unreachable:
            raise mismatch(shown(wanted), shown(operands))
        return operands

    def check(self, operands: list[ValType], wanted: list[ValType]) -> None:
        """Operands have to match a result type; the lower ones may be unknown."""
        if not self.context.types.all_match(operands, wanted[len(wanted) - len(operands) :]):
            raise mismatch(shown(wanted), shown(operands))

    def pop(self, wanted: ValType) -> None:
        """Take an operand of a given type."""
        stack = self.stack
        if len(stack) > self.frame.height and stack[-1] is wanted:
            stack.pop()
        else:
            self.replace([wanted], _NOTHING)

    def pop_any(self) -> ValType:
        """Take an operand of whatever type."""
        stack = self.stack
        if len(stack) > self.frame.height:
            return stack.pop()
        if not self.frame.unreachable:
            raise mismatch("an operand", "[]")
        return BOTTOM

    def pop_reference(self) -> RefType:
        """Take a reference of whatever type."""
        got = self.pop_any()
        if got == BOTTOM:
            return BOTTOM_REFERENCE
        if isinstance(got, str):
            raise mismatch("reference type", str(got))
        return got

    # Blocks

    def enter(self, kind: str, params: list[ValType], results: list[ValType]) -> None:
        """Open a block whose parameters have been taken from the stack."""
        self.frame = Frame(kind, params, results, len(self.stack), len(self.inits))
        self.frames.append(self.frame)
        self.stack += params

    def leave(self) -> Frame:
        """Close the innermost block: just its results may be left, and they are taken from the stack."""
        frame = self.frame
        stack = self.stack
        left = stack[frame.height :]
        self.apply(frame.results, _NOTHING)
        if len(stack) != frame.height:
            raise mismatch(shown(frame.results), shown(left), "block")
        self._forget(frame.inits)
        self.frames.pop()
        return frame

    def _forget(self, inits: int) -> None:
        """What was initialised in a block counts only there (spec §3.4.12)."""
        while len(self.inits) > inits:
            self.initialised.discard(self.inits.pop())

    def label(self, depth: int) -> list[ValType]:
        """What a branch to a label takes."""
        return self.target(depth).label

    def target(self, depth: int) -> Frame:
        """The block that a label belongs to."""
        if depth >= len(self.frames):
            raise ValidationError(f"unknown label {depth}")
        return self.frames[-1 - depth]

    def end_of_code(self) -> None:
        """What follows up to the end of the block is never executed: its operands have any types."""
        del self.stack[self.frame.height :]
        self.frame.unreachable = True
