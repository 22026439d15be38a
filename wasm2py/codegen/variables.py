"""The Python variable of each named value."""

from __future__ import annotations

import re

from wasm2py.codegen.cells import Cells
from wasm2py.codegen.coalesce import Classes, coalesce
from wasm2py.codegen.liveness import Liveness, TooLarge
from wasm2py.codegen.names import identifier
from wasm2py.codegen.schedule import Schedule
from wasm2py.ir import Block, Function, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import PHI, RESULT

_TEMPORARY = re.compile(r"t\d+")


def variables(function: Function, dominance: Dominance, plan: Schedule, cells: Cells) -> dict[int, str]:
    """Value id -> variable name, for parameters, phis and statements with a result."""
    try:
        liveness = Liveness(function, plan)
    except TooLarge:
        return _one_each(function, plan, cells)
    return _Namer(function, plan, cells, coalesce(function, dominance, liveness), liveness).run()


def _named_values(function: Function, plan: Schedule) -> list[tuple[Value, Block]]:
    """In program order. Values that nothing uses have no name, except parameters and results of calls."""
    entry = function.blocks[0]
    uses = plan.uses
    found = [(param, entry) for param in function.params]
    for block in function.blocks:
        found += [(phi, block) for phi in block.phis if phi.id in uses]
        statements = plan.statements[block]
        if statements:
            stated = {value.id for value in statements if value.type is not None and value.id in uses}
            found += [(value, block) for value in block.body if value.id in stated or value.op is RESULT]
    return found


class _LocalNames:
    """Names that do not clash with each other or with cells."""

    def __init__(self, function: Function, cells: Cells) -> None:
        self.cells = cells
        self.taken: set[str] = set()
        self._next: dict[str, int] = {}
        self.hints = cells.local_names(function.index)

    def for_local(self, local: int) -> str:
        base = f"l{local}"
        hint = self.hints.get(local)
        if hint:
            base = identifier(hint, base)
            if _TEMPORARY.fullmatch(base):
                base += "_"
        return self.unique(base)

    def unique(self, base: str) -> str:
        candidate, number = base, self._next.get(base, 0)
        while candidate in self.taken or self.cells.is_taken(candidate):
            number += 1
            candidate = f"{base}_{number}"
        self._next[base] = number
        self.taken.add(candidate)
        return candidate


def _one_each(function: Function, plan: Schedule, cells: Cells) -> dict[int, str]:
    """No sharing: right without any analysis."""
    names = _LocalNames(function, cells)
    result: dict[int, str] = {}
    for index, param in enumerate(function.params):
        result[param.id] = names.for_local(index)
    for value, _ in _named_values(function, plan)[len(function.params) :]:
        result[value.id] = names.unique(f"v{value.id}")
    return result


class _Namer:
    def __init__(self, function: Function, plan: Schedule, cells: Cells, classes: Classes, liveness: Liveness) -> None:
        self.function = function
        self.plan = plan
        self.classes = classes
        self.liveness = liveness
        self.names = _LocalNames(function, cells)
        self.result: dict[int, str] = {}
        self.by_class: dict[int, str] = {}
        #: names for values that live within one block, to be used again
        self.temporaries: list[str] = []

    def run(self) -> dict[int, str]:
        for index, param in enumerate(self.function.params):
            name = self.names.for_local(index)
            self.by_class[self.classes.find(param.id)] = self.result[param.id] = name
        brief: dict[Block, list[Value]] = {}
        for value, block in _named_values(self.function, self.plan)[len(self.function.params) :]:
            if self._is_brief(value, block):
                brief.setdefault(block, []).append(value)
            else:
                self.result[value.id] = self._class_name(value)
        for block, values in brief.items():
            self._name_brief(block, values)
        return self.result

    def _class_name(self, value: Value) -> str:
        root = self.classes.find(value.id)
        name = self.by_class.get(root)
        if name is None:
            locals_ = [member.local for member in self.classes.class_of(value) if member.local is not None]
            name = self.names.for_local(locals_[0]) if locals_ else self.names.unique("v")
            self.by_class[root] = name
        return name

    def _is_brief(self, value: Value, block: Block) -> bool:
        """Read in its own block only, and not part of a web of phis."""
        if value.op is PHI or value.local is not None or value.id in self.liveness.live_out[block]:
            return False
        home, position = self.liveness.place[value.id]
        if home is not block or position < 0:  # written for the next block, or by a loop
            return False
        return len(self.classes.class_of(value)) == 1

    def _name_brief(self, block: Block, values: list[Value]) -> None:
        free = list(reversed(self.temporaries))
        ends: list[tuple[int, str]] = []
        place = self.liveness.place
        # In the order in which they are written: a value that waited comes behind values that follow it in the block.
        for value in sorted(values, key=lambda value: place[value.id][1]):
            position = place[value.id][1]
            free += [name for end, name in ends if end <= position and end >= 0]
            ends = [(end, name) for end, name in ends if end > position]
            if free:
                name = free.pop()
            else:
                name = self.names.unique(f"t{len(self.temporaries)}")
                self.temporaries.append(name)
            self.result[value.id] = name
            # A result of a call that nothing reads is written together with its siblings: not before the next one.
            ends.append((max(self.liveness.last_use[block].get(value.id, 0), position + 1), name))
