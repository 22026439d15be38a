"""Random statements: state changes, structured control, branches, bounded loops."""

from __future__ import annotations

from tests.differential.constants import constant
from tests.differential.expressions import FLOAT_BINARY, INT_BINARY, PAGE, STORES, Expressions
from tests.differential.scope import NUMBERS, Label, Scope, declaration

#: How deep loops nest and how often the body of one is run.
LOOP_NESTING = 2
LOOP_ROUNDS = 6

LOOP_COMPARE = ("lt_u", "lt_s", "ne", "gt_u", "gt_s", "le_u", "ge_s")


class Statements(Expressions):
    """Adds the productions of statements to those of expressions."""

    def statements(self, scope: Scope, depth: int, most: int = 3) -> str:
        return "\n".join(self.statement(scope, depth) for _ in range(1 + self.choices.below(most)))

    def statement(self, scope: Scope, depth: int = 3) -> str:
        if depth <= 0 or self.budget <= 0:
            return self.set_local(scope, 0)
        self.budget -= 1
        return getattr(self, self.choices.pick(self._STATEMENTS))(scope, depth - 1)

    _STATEMENTS = (
        "set_local", "set_local", "set_global", "store", "store", "if_then", "if_then", "counted_loop", "counted_loop",
        "plain_block", "branch", "branch", "branch_table", "late_use", "late_use", "several_values",
        "loop_with_parameter", "call_several", "bulk", "set_exact", "leave", "dropped", "table_statement",
    )  # fmt: skip

    # State

    def set_local(self, scope: Scope, depth: int) -> str:
        kind = self.choices.pick(NUMBERS)
        names = scope.writable(kind)
        if not names:
            return "(nop)"
        return f"(local.set {self.choices.pick(names)} {self.expression(scope, kind, depth)})"

    def set_global(self, scope: Scope, depth: int) -> str:
        kind = self.choices.pick(NUMBERS)
        return f"(global.set $g_{kind} {self.expression(scope, kind, depth)})"

    def set_exact(self, scope: Scope, depth: int) -> str:
        kind = self.choices.pick(("f32", "f64"))
        place = self.choices.pick(("local", "global"))
        return f"({place}.set $exact_{kind} {self.exact(scope, kind, depth)})"

    def store(self, scope: Scope, depth: int) -> str:
        kind = self.choices.pick(NUMBERS)
        name, width = self.choices.pick(STORES[kind])
        address = self.address(scope, depth)
        # The bits of a float are seen in memory.
        value = self.observed(scope, kind, depth) if kind[0] == "f" else self.expression(scope, kind, depth)
        return f"({kind}.{name} {self.memarg(width)} {address} {value})"

    def dropped(self, scope: Scope, depth: int) -> str:
        return f"(drop {self.expression(scope, self.choices.pick(NUMBERS), depth)})"

    def bulk(self, scope: Scope, depth: int) -> str:
        """Memory instructions on ranges; lengths are small, or such that the range just fits or does not."""
        target, source = self.address(scope, depth), self.address(scope, depth)
        start = self.choices.below(5)
        length = f"(i32.const {self.choices.pick((0, 1, 2, 7, 8, 9, 16, 50, 300, 65536))})"
        return self.choices.pick(
            (
                f"(memory.fill {target} {self.expression(scope, 'i32', depth)} {length})",
                f"(memory.copy {target} {source} {length})",
                f"(memory.init $passive {target} (i32.const {start}) (i32.const {self.choices.below(9)}))",
                "(data.drop $passive)",
            )
        )

    def table_statement(self, scope: Scope, depth: int) -> str:
        index = self.index(scope, depth)
        function = f"(ref.func $f{self.choices.below(len(self.signatures))})"
        few = f"(i32.const {self.choices.below(4)})"
        return self.choices.pick(
            (
                f"(table.set $t {index} {function})",
                f"(table.set $t {index} (ref.null func))",
                f"(table.fill $t {index} {function} {few})",
                f"(table.copy $t $t {index} {self.index(scope, depth)} {few})",
                f"(table.init $t $functions {index} {few} {few})",
                "(elem.drop $functions)",
            )
        )

    # Blocks

    def body(self, scope: Scope, kind: str, depth: int) -> str:
        """Statements, perhaps, and then a value."""
        before = self.statements(scope, depth, 2) if self.choices.chance(1, 3) else ""
        return f"{before} {self.expression(scope, kind, depth)}"

    def labelled(self, scope: Scope, kind: str, depth: int) -> str:
        """A block with a value that may also be left early with one."""
        label = Label(scope.fresh("value"), (kind,))
        scope.labels.append(label)
        inner = self.body(scope, kind, depth)
        if self.choices.chance(1, 2):
            inner = f"(br_if {label.name} {inner} {self.condition(scope, depth)})"
        scope.labels.pop()
        return f"(block {label.name} (result {kind}) {inner})"

    def if_then(self, scope: Scope, depth: int) -> str:
        condition = self.condition(scope, depth)
        then = self.statements(scope, depth)
        other = f"(else {self.statements(scope, depth)})" if self.choices.chance(1, 2) else ""
        return f"(if {condition} (then {then}) {other})"

    def plain_block(self, scope: Scope, depth: int) -> str:
        label = Label(scope.fresh("block"))
        scope.labels.append(label)
        inner = self.statements(scope, depth)
        scope.labels.pop()
        return f"(block {label.name} {inner})"

    def several_values(self, scope: Scope, depth: int) -> str:
        """A block with parameters and several results."""
        params, results = (tuple(self.choices.pick(NUMBERS) for _ in range(1 + self.choices.below(2))) for _ in "pr")
        label = Label(scope.fresh("multi"), results)
        before = self.operands(scope, params, depth)
        taken = [self._assign(scope, kind) for kind in reversed(params)]
        scope.labels.append(label)
        inner = self.statements(scope, depth, 2)
        values = self.operands(scope, results, depth)
        if self.choices.chance(1, 2):
            values = f"{values} (br_if {label.name} {self.condition(scope, depth)})"
        scope.labels.pop()
        given = [self._assign(scope, kind) for kind in reversed(results)]
        types = f"{declaration('param', params)} {declaration('result', results)}"
        return f"{before} (block {label.name} {types} {' '.join(taken)} {inner} {values}) {' '.join(given)}"

    def _assign(self, scope: Scope, kind: str) -> str:
        """Put the value on top of the stack into a local, or drop it."""
        names = scope.writable(kind)
        return f"(local.set {self.choices.pick(names)})" if names else "(drop)"

    def late_use(self, scope: Scope, depth: int) -> str:
        """A value that waits on the stack while statements change what it was read from."""
        kind = self.choices.pick(NUMBERS)
        first = self.expression(scope, kind, depth)
        between = self.statements(scope, depth)
        second = self.expression(scope, kind, depth)
        operator = self.choices.pick(INT_BINARY if kind[0] == "i" else FLOAT_BINARY)
        return f"{first}\n{between}\n{second} ({kind}.{operator}) {self._assign(scope, kind)}"

    # Loops

    def counted_loop(self, scope: Scope, depth: int) -> str:
        """A loop with an induction variable, as compilers write it; a second local bounds the rounds."""
        if scope.loops >= LOOP_NESTING:
            return self.store(scope, depth)
        index, counter = scope.local("i32", "index"), scope.local("i32", "rounds")
        label, out = Label(scope.fresh("loop"), (), counter), Label(scope.fresh("out"))
        inner = self._loop_body(scope, depth, [out, label])
        step = self.choices.pick((1, 4, -1, -4, 2, 0x40000000))
        compare = f"(i32.{self.choices.pick(LOOP_COMPARE)} (local.get {index}) {self.leaf(scope, 'i32')})"
        return f"""(local.set {index} {constant(self.choices, "i32")})
            (local.set {counter} (i32.const {1 + self.choices.below(LOOP_ROUNDS)}))
            (block {out.name} (loop {label.name}
                {inner}
                (br_if {out.name} {_exhausted(counter)})
                (local.set {index} (i32.add (local.get {index}) (i32.const {step})))
                (br_if {label.name} {compare})))"""

    def loop_with_parameter(self, scope: Scope, depth: int) -> str:
        """A loop that carries a value on the stack from round to round."""
        if scope.loops >= LOOP_NESTING:
            return self.set_local(scope, depth)
        kind = self.choices.pick(NUMBERS)
        counter = scope.local("i32", "rounds")
        label = Label(scope.fresh("carry"), (kind,), counter)
        start = self.expression(scope, kind, depth)
        inner = self._loop_body(scope, depth, [label])
        return f"""(local.set {counter} (i32.const {1 + self.choices.below(LOOP_ROUNDS)}))
            {start}
            (loop {label.name} (param {kind}) (result {kind})
                {self._assign(scope, kind)}
                {inner}
                {self.expression(scope, kind, depth)}
                (br_if {label.name} (i32.eqz {_exhausted(counter)})))
            {self._assign(scope, kind)}"""

    def _loop_body(self, scope: Scope, depth: int, labels: list[Label]) -> str:
        scope.loops += 1
        scope.labels += labels
        inner = self.statements(scope, depth)
        del scope.labels[-len(labels) :]
        scope.loops -= 1
        return inner

    # Branches

    def branch(self, scope: Scope, depth: int) -> str:
        """A conditional branch to any label around; to a loop only while it has rounds left."""
        if not scope.labels:
            return self.if_then(scope, depth)
        label = self.choices.pick(scope.labels)
        values = self.operands(scope, label.types, depth)
        condition = self.condition(scope, depth)
        jump = f"(br {label.name} {values})"
        if label.counter:
            jump = f"(if (i32.eqz {_exhausted(label.counter)}) (then {jump}))"
        elif self.choices.chance(1, 2):
            return f"(br_if {label.name} {values} {condition}) {'(drop) ' * len(label.types)}"
        return f"(if {condition} (then {self.statements(scope, depth - 1, 2)} {jump}))"

    def branch_table(self, scope: Scope, depth: int) -> str:
        """A br_table, in an ``if`` so that what follows is reached as well."""
        if not scope.labels:
            return self.store(scope, depth)
        default = self.choices.pick(scope.labels)
        fitting = [x for x in scope.labels if x.types == default.types and x.counter in (None, default.counter)]
        names = [self.choices.pick(fitting).name for _ in range(self.choices.below(6))]
        values = self.operands(scope, default.types, depth)
        table = f"(br_table {' '.join(names)} {default.name} {values} {self.expression(scope, 'i32', depth)})"
        if default.counter:
            table = f"(if (i32.eqz {_exhausted(default.counter)}) (then {table}))"
        return f"(if {self.condition(scope, depth)} (then {table}))"

    def leave(self, scope: Scope, depth: int) -> str:
        """A return, or seldom a trap, under a condition; what stands behind it is dead."""
        values = self.operands(scope, scope.signature.results, depth)
        end = "(unreachable)" if self.choices.chance(1, 12) else f"(return {values})"
        dead = self.statement(scope, 1) if self.choices.chance(1, 3) else ""
        return f"(if {self.condition(scope, depth)} (then {end} {dead}))"

    def call_several(self, scope: Scope, depth: int) -> str:
        """A call of any function, its results put into locals."""
        callee = self.choices.below(len(self.signatures))
        signature = self.signatures[callee]
        given = [self._assign(scope, kind) for kind in reversed(signature.results)]
        return f"(call $f{callee} {self.operands(scope, signature.params, depth)}) {' '.join(given)}"


def _exhausted(counter: str) -> str:
    """Count a round; whether it was the last one."""
    return f"(i32.le_s (local.tee {counter} (i32.sub (local.get {counter}) (i32.const 1))) (i32.const 0))"


__all__ = ["PAGE", "Statements"]
