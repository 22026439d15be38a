"""Which values are held signed: those that only signed operations need, and that come signed for nothing.

before:  l7 = u32[l5]                                             after:  l7 = i32[l5]
         if (l7 if l7 <= 2147483647 else l7 - 4294967296) < 10:           if l7 < 10:

Nothing rests on this choice: every use looks at the interval of what it is given.
"""

from __future__ import annotations

from wasm2py.ir import Function, Value

_SIGNED = frozenset(
    [f"i{bits}.{op}_s" for bits in (32, 64) for op in ("lt", "le", "gt", "ge")]
    + ["i64.extend_i32_s"]
    + [f"f{width}.convert_i{bits}_s" for width in (32, 64) for bits in (32, 64)]
)
#: signed in their first operand only
_SIGNED_FIRST = frozenset(f"i{bits}.{op}_s" for bits in (32, 64) for op in ("shr", "div", "rem"))
#: take any form as it comes
_ANY = frozenset(f"i{bits}.{op}" for bits in (32, 64) for op in ("add", "sub", "mul", "eqz"))
_STORES = frozenset(("i32.store", "i64.store", "i64.store32"))


def signed_values(function: Function) -> set[int]:
    """Ids of the values that some use wants signed and none wants unsigned."""
    wanted: set[int] = set()
    unwanted: set[int] = set()
    for block in function.blocks:
        for value in block.body:
            for position, arg in enumerate(value.args):
                wish = _wish(value, position)
                if wish:
                    wanted.add(arg.id)
                elif wish is False:
                    unwanted.add(arg.id)
        unwanted.update(arg.id for arg in block.terminator.args)
        unwanted.update(arg.id for phi in block.phis for arg in phi.args)
    return wanted - unwanted


def _wish(user: Value, position: int) -> bool | None:
    """Whether a use wants its operand signed; None if it does not matter."""
    name = user.op.name
    if name in _SIGNED:
        return True
    if name in _SIGNED_FIRST:
        # With a variable divisor division is a helper, which takes unsigned operands.
        return position == 0 and (name.endswith("shr_s") or user.args[1].is_const)
    if name in _ANY or (name in _STORES and position == 1):
        return None
    if name in ("i32.eq", "i32.ne", "i64.eq", "i64.ne"):
        other = user.args[1 - position]
        return None if other.is_const and other.immediate < 1 << 31 else False
    return False
