"""Constants are folded, and instructions replaced by simpler ones with the same result.

before:  v3 = i32.add v1 (const 3)         after:  v4 = i32.add v1 (const 8)
         v4 = i32.add v3 (const 5)

before:  v5 = i32.lt_s v1 v2               after:  v6 = i32.ge_s v1 v2
         v6 = i32.eqz v5                           branch v6 b1 b2
         v7 = i32.ne v6 (const 0)
         branch v7 b1 b2

The rules stand in the files ``rules_…``. None makes a value that is used elsewhere be computed once more; so nothing
gets slower, and one walk over the function is enough. Phis that choose between one value go too.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import NamedTuple, Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.instruction import Opcode
from wasm2py.ir import Block, Branch, Function, Value
from wasm2py.ir.graph import CONSTANTS, resolve, resolve_all
from wasm2py.passes import rules_bits, rules_boolean, rules_conversion, rules_integer  # noqa: F401 - fill the tables
from wasm2py.passes.fold import FOLDED, fold
from wasm2py.passes.rewriting import CONSTANT_RULES, INTEGERS, NEEDS, RULES, ConstantRule, Rewriter, Rule

#: rewritings of one value: a bound for rules that undo each other, which there should not be
_MAX_STEPS = 16
_NE = BY_NAME["i32.ne"]


class _Row(NamedTuple):
    """What there is to do about an instruction; ``needs`` as in NEEDS."""

    folded: bool
    constant_rules: Sequence[tuple[ConstantRule, int]]
    rules: Sequence[tuple[Rule, int]]
    needs: Optional[Set[Opcode]]


_ROWS = {
    op: _Row(op in FOLDED, CONSTANT_RULES.get(op, ()), RULES.get(op, ()), NEEDS.get(op, frozenset()))
    for op in {*RULES, *CONSTANT_RULES, *FOLDED}
}


def simplify(function: Function) -> None:
    rewriter = Rewriter(function)
    replaced = False
    for block in function.blocks:
        if block.phis:
            replaced |= _simplify_phis(rewriter, block)
        replaced |= _simplify_body(rewriter, block)
        _simplify_branch(block)
    if replaced:  # all but phis came after what they read: blocks stand behind those that dominate them
        for block in function.blocks:
            resolve_all(block.phis)


def _simplify_phis(rewriter: Rewriter, block: Block) -> bool:
    kept: list[Value] = []
    for phi in block.phis:
        resolve(phi.args)
        others = {arg for arg in phi.args if arg is not phi}
        if len(others) == 1:
            rewriter.replace(phi, others.pop())
        else:
            kept.append(phi)
    replaced = len(kept) < len(block.phis)
    block.phis = kept
    return replaced


def _simplify_body(rewriter: Rewriter, block: Block) -> bool:
    body = rewriter.body = []
    replaced = False
    for value in block.body:
        args = value.args
        for arg in args:
            if arg.forward is not None:
                resolve(args)
                break
        row = _ROWS.get(value.op)
        if row is not None and _may_apply(row, args):
            other = _rewrite(rewriter, value)
            if other is not None:
                rewriter.replace(value, other)
                replaced = True
                continue
        body.append(value)
    block.body = body
    return replaced


def _may_apply(row: _Row, args: list[Value]) -> bool:
    needs, last = row.needs, args[-1].op
    return needs is None or last in CONSTANTS or last in needs or args[0].op in needs


def _rewrite(rewriter: Rewriter, value: Value) -> Optional[Value]:
    """Apply rules until none applies; the value that takes this one's place, if there is one."""
    for _ in range(_MAX_STEPS):
        result = _step(rewriter, value)
        if result is not value:
            return result
    return None


def _step(rewriter: Rewriter, value: Value) -> Optional[Value]:
    args, row = value.args, _ROWS.get(value.op)
    if row is None or not args:
        return None
    first, last = args[0], args[-1]
    if last.op in CONSTANTS:
        if row.folded and first.op in CONSTANTS and (number := _folded(value)) is not None:
            return rewriter.become_constant(value, number)
        if last.op in INTEGERS and len(args) == 2:
            for constant_rule, bits in row.constant_rules:
                result = constant_rule(rewriter, value, bits, first, last.immediate)
                if result is not None:
                    return result
    for rule, bits in row.rules:
        result = rule(rewriter, value, bits)
        if result is not None:
            return result
    return None


def _folded(value: Value) -> Optional[int]:
    """What the instruction gives, if all operands are constants."""
    if any(arg.op not in CONSTANTS for arg in value.args):
        return None
    return fold(value.op, [arg.immediate for arg in value.args])


def _simplify_branch(block: Block) -> None:
    """Decide by what is tested not to be zero."""
    terminator = block.terminator
    if terminator.args:
        resolve(terminator.args)
    if isinstance(terminator, Branch):
        condition = terminator.args[0]
        if condition.op is _NE and condition.args[1].op in INTEGERS and condition.args[1].immediate == 0:
            terminator.args[0] = condition.args[0]
