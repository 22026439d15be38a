"""Random expressions, as folded WAT text.

Floats come in two kinds. Ordinary ones may be NaNs made by arithmetic, whose bits the specification leaves open
(spec §4.3.3): wherever such bits would show, they are made canonical first. *Exact* ones are made only by
instructions that keep bits, so that every bit of a NaN is compared.
"""

from __future__ import annotations

from tests.differential.choices import Choices
from tests.differential.constants import constant, exact_constant
from tests.differential.scope import NUMBERS, Scope, Signature, declaration

PAGE = 65536

INT_BINARY = ("add", "sub", "mul", "and", "or", "xor", "shl", "shr_u", "shr_s", "rotl", "rotr")
INT_DIVISION = ("div_u", "div_s", "rem_u", "rem_s")
INT_COMPARE = ("eq", "ne", "lt_u", "lt_s", "gt_u", "gt_s", "le_u", "le_s", "ge_u", "ge_s")
INT_UNARY = ("clz", "ctz", "popcnt", "extend8_s", "extend16_s")
FLOAT_BINARY = ("add", "sub", "mul", "div", "min", "max")
FLOAT_UNARY = ("neg", "abs", "sqrt", "ceil", "floor", "trunc", "nearest")
FLOAT_COMPARE = ("eq", "ne", "lt", "gt", "le", "ge")

LOADS = {
    "i32": (("load", 4), ("load8_u", 1), ("load8_s", 1), ("load16_u", 2), ("load16_s", 2)),
    "i64": (("load", 8), ("load8_u", 1), ("load8_s", 1), ("load16_u", 2), ("load16_s", 2),
            ("load32_u", 4), ("load32_s", 4)),
    "f32": (("load", 4),),
    "f64": (("load", 8),),
}  # fmt: skip
STORES = {
    "i32": (("store", 4), ("store8", 1), ("store16", 2)),
    "i64": (("store", 8), ("store8", 1), ("store16", 2), ("store32", 4)),
    "f32": (("store", 4),),
    "f64": (("store", 8),),
}


class Expressions:
    """The productions of expressions; statements are added by a subclass."""

    def __init__(self, choices: Choices, signatures: list[Signature], budget: int) -> None:
        self.choices = choices
        self.signatures = signatures
        #: how many more productions that branch out there may be
        self.budget = budget

    def expression(self, scope: Scope, kind: str, depth: int = 3) -> str:
        """An expression of one number type."""
        if depth <= 0 or self.budget <= 0:
            return self.leaf(scope, kind)
        self.budget -= 1
        shared = (self.leaf, self.tee, self.select, self.load, self.if_else, self.block, self.call, self.indirect)
        own = self._INTEGER if kind in ("i32", "i64") else self._FLOAT
        productions = [*(getattr(self, name) for name in own), *shared]
        return self.choices.pick(productions)(scope, kind, depth - 1)

    # Names, because each takes the type as an argument; arithmetic first and twice, as it is what most code is.
    _INTEGER = ("binary", "binary", "compare", "unary", "division", "convert", "width", "state", "address_like")
    _FLOAT = ("float_binary", "float_binary", "float_unary", "float_convert", "copysign")

    # Leaves

    def leaf(self, scope: Scope, kind: str, depth: int = 0) -> str:
        names = scope.readable(kind)
        choice = self.choices.below(5)
        if choice >= 2 and names:
            return f"(local.get {self.choices.pick(names)})"
        if choice == 1:
            return f"(global.get $g_{kind})"
        return constant(self.choices, kind)

    def tee(self, scope: Scope, kind: str, depth: int) -> str:
        names = scope.writable(kind)
        value = self.expression(scope, kind, depth)
        return f"(local.tee {self.choices.pick(names)} {value})" if names else value

    # Integers

    def binary(self, scope: Scope, kind: str, depth: int) -> str:
        operator = self.choices.pick(INT_BINARY)
        return f"({kind}.{operator} {self.expression(scope, kind, depth)} {self.expression(scope, kind, depth)})"

    def unary(self, scope: Scope, kind: str, depth: int) -> str:
        operators = INT_UNARY + (("extend32_s",) if kind == "i64" else ())
        return f"({kind}.{self.choices.pick(operators)} {self.expression(scope, kind, depth)})"

    def division(self, scope: Scope, kind: str, depth: int) -> str:
        divisor = self.expression(scope, kind, depth)
        if not self.choices.chance(1, 8):
            divisor = f"({kind}.or {divisor} ({kind}.const 1))"
        return f"({kind}.{self.choices.pick(INT_DIVISION)} {self.expression(scope, kind, depth)} {divisor})"

    def compare(self, scope: Scope, kind: str, depth: int) -> str:
        """A comparison of any type; as an i64 it is extended."""
        operands = self.choices.pick(NUMBERS)
        if operands in ("i32", "i64") and self.choices.chance(1, 5):
            text = f"({operands}.eqz {self.expression(scope, operands, depth)})"
        else:
            operator = self.choices.pick(INT_COMPARE if operands in ("i32", "i64") else FLOAT_COMPARE)
            left, right = (self.expression(scope, operands, depth) for _ in "lr")
            text = f"({operands}.{operator} {left} {right})"
        return text if kind == "i32" else f"(i64.extend_i32_{self.choices.pick('us')} {text})"

    def convert(self, scope: Scope, kind: str, depth: int) -> str:
        """A float made an integer, saturating or trapping, or its bits."""
        operands = self.choices.pick(("f32", "f64"))
        sign = self.choices.pick("su")
        how = self.choices.below(5)
        if how == 4:
            return f"({kind}.trunc_{operands}_{sign} {self.expression(scope, operands, depth)})"
        if how >= 2:
            same = "f" + kind[1:]
            return f"({kind}.reinterpret_{same} {self.observed(scope, same, depth)})"
        return f"({kind}.trunc_sat_{operands}_{sign} {self.expression(scope, operands, depth)})"

    def width(self, scope: Scope, kind: str, depth: int) -> str:
        if kind == "i32":
            return f"(i32.wrap_i64 {self.expression(scope, 'i64', depth)})"
        return f"(i64.extend_i32_{self.choices.pick('us')} {self.expression(scope, 'i32', depth)})"

    def state(self, scope: Scope, kind: str, depth: int) -> str:
        """Sizes, growth, and whether a table entry is null."""
        text = self.choices.pick(
            (
                "(memory.size)",
                "(memory.grow (i32.const 0))",
                "(table.size $t)",
                f"(ref.is_null (table.get $t {self.index(scope, depth)}))",
                "(memory.grow (i32.const 1))",
                "(table.grow $t (ref.null func) (i32.const 1))",
            )
        )
        return text if kind == "i32" else f"(i64.extend_i32_s {text})"

    def address_like(self, scope: Scope, kind: str, depth: int) -> str:
        text = self.address(scope, depth)
        return text if kind == "i32" else f"(i64.extend_i32_u {text})"

    # Floats

    def float_binary(self, scope: Scope, kind: str, depth: int) -> str:
        left, right = (self.expression(scope, kind, depth) for _ in "lr")
        return f"({kind}.{self.choices.pick(FLOAT_BINARY)} {left} {right})"

    def float_unary(self, scope: Scope, kind: str, depth: int) -> str:
        return f"({kind}.{self.choices.pick(FLOAT_UNARY)} {self.expression(scope, kind, depth)})"

    def float_convert(self, scope: Scope, kind: str, depth: int) -> str:
        operands = self.choices.pick(("i32", "i64", "float", "bits"))
        if operands == "float":
            name, other = ("demote_f64", "f64") if kind == "f32" else ("promote_f32", "f32")
            return f"({kind}.{name} {self.expression(scope, other, depth)})"
        if operands == "bits":
            same = "i" + kind[1:]
            return f"({kind}.reinterpret_{same} {self.expression(scope, same, depth)})"
        return f"({kind}.convert_{operands}_{self.choices.pick('su')} {self.expression(scope, operands, depth)})"

    def copysign(self, scope: Scope, kind: str, depth: int) -> str:
        return f"({kind}.copysign {self.expression(scope, kind, depth)} {self.observed(scope, kind, depth)})"

    def observed(self, scope: Scope, kind: str, depth: int) -> str:
        """A float whose bits may be looked at: exact, or with the canonical NaN for any NaN."""
        if self.choices.chance(1, 2):
            return self.exact(scope, kind, depth)
        return f"(call $canonical_{kind} {self.expression(scope, kind, depth)})"

    def exact(self, scope: Scope, kind: str, depth: int) -> str:
        """A float made by instructions that keep every bit."""
        if depth <= 0 or self.budget <= 0:
            return exact_constant(self.choices, kind)
        self.budget -= 1
        inner = [self.exact(scope, kind, depth - 1)]
        choice = self.choices.below(8)
        if choice < 2:
            return (f"(global.get $exact_{kind})", f"(local.get $exact_{kind})")[choice]
        if choice == 2:
            return self.load(scope, kind, depth)
        if choice == 3:
            return f"({kind}.reinterpret_i{kind[1:]} {self.expression(scope, 'i' + kind[1:], depth)})"
        if choice == 4:
            return f"({kind}.{self.choices.pick(('neg', 'abs'))} {inner[0]})"
        inner.append(self.exact(scope, kind, depth - 1))
        if choice == 5:
            return f"(select {' '.join(inner)} {self.expression(scope, 'i32', depth)})"
        return f"({kind}.copysign {' '.join(inner)})" if choice == 6 else f"(call $same_{kind} {inner[0]})"

    # Memory and tables

    def address(self, scope: Scope, depth: int) -> str:
        """Mostly inside the memory, often at its edge, sometimes anywhere."""
        choice = self.choices.below(24)
        if choice < 6:
            return f"(i32.const {self.choices.below(PAGE)})"
        if choice == 6:
            return f"(i32.const {PAGE * (1 + self.choices.below(2)) - self.choices.below(17)})"
        value = self.expression(scope, "i32", depth)
        if choice < 23:
            mask = self.choices.pick((0xFF, 0xFFC, 0xFFFF, 0xFFFF, PAGE - 9))
            return f"(i32.and {value} (i32.const {mask}))"
        return value

    def memarg(self, width: int) -> str:
        if self.choices.chance(1, 40):
            offset = self.choices.pick((PAGE - 8, PAGE - 1, 0xFFFFFFFF))
        else:
            offset = self.choices.pick((0, 0, 0, 1, 4, 8, 12, 200))
        align = 1 << self.choices.below(width.bit_length())
        return f"offset={offset} align={align}" if offset else f"align={align}"

    def load(self, scope: Scope, kind: str, depth: int) -> str:
        name, width = self.choices.pick(LOADS[kind])
        return f"({kind}.{name} {self.memarg(width)} {self.address(scope, depth)})"

    def index(self, scope: Scope, depth: int) -> str:
        """An index into the table of ten, seldom past its end."""
        if self.choices.chance(1, 2):
            return f"(i32.and {self.expression(scope, 'i32', depth)} (i32.const 7))"
        return f"(i32.const {self.choices.below(12)})"

    # Control

    def condition(self, scope: Scope, depth: int) -> str:
        if self.choices.chance(1, 3):
            return self.expression(scope, "i32", depth)
        return self.compare(scope, "i32", depth)

    def select(self, scope: Scope, kind: str, depth: int) -> str:
        left, right = (self.expression(scope, kind, depth) for _ in "lr")
        typed = f" (result {kind})" if self.choices.chance(1, 3) else ""
        return f"(select{typed} {left} {right} {self.condition(scope, depth)})"

    def if_else(self, scope: Scope, kind: str, depth: int) -> str:
        condition = self.condition(scope, depth)
        then, other = (self.body(scope, kind, depth) for _ in "te")
        return f"(if (result {kind}) {condition} (then {then}) (else {other}))"

    def block(self, scope: Scope, kind: str, depth: int) -> str:
        return self.labelled(scope, kind, depth)

    def call(self, scope: Scope, kind: str, depth: int) -> str:
        fitting = [i for i, signature in enumerate(self.signatures) if signature.results == (kind,)]
        if not fitting:
            return self.leaf(scope, kind)
        callee = self.choices.pick(fitting)
        return f"(call $f{callee} {self.operands(scope, self.signatures[callee].params, depth)})"

    def indirect(self, scope: Scope, kind: str, depth: int) -> str:
        fitting = [i for i, signature in enumerate(self.signatures) if signature.results == (kind,)]
        if not fitting:
            return self.leaf(scope, kind)
        callee = self.choices.pick(fitting)
        # Where the table holds functions of this type, an index that fits is more telling than a trap.
        index = self.index(scope, depth) if self.choices.chance(1, 3) else f"(i32.const {callee})"
        signature = self.signatures[callee]
        operands = self.operands(scope, signature.params, depth)
        return f"(call_indirect $t {signature.text()} {operands} {index})"

    def operands(self, scope: Scope, types: tuple[str, ...], depth: int) -> str:
        return " ".join(self.expression(scope, kind, depth) for kind in types)

    # Given by the subclass

    def body(self, scope: Scope, kind: str, depth: int) -> str:
        raise NotImplementedError

    def labelled(self, scope: Scope, kind: str, depth: int) -> str:
        raise NotImplementedError


__all__ = ["PAGE", "STORES", "Expressions", "declaration"]
