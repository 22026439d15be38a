"""Which parameters and results functions hand over as signed numbers instead of unsigned ones.

before:  def f(n):                                            after:  def f(n):
             if not 2 <= n < 2147483648: …                                if n < 2: …

Only functions that nothing but calls of this module can reach may agree on something with their callers. A parameter
or result is signed if it is compared as a signed number at more than half as many places as it is used as an unsigned
one, or if it is nothing but handed on to where a signed one is wanted. (Compilers write an unsigned comparison where
they have shown that both are the same; then the analysis here mostly finds so too, and it is free.)

What becomes of a value is read off the body with a stack of where each operand comes from. Behind anything that is not
straight-line code nothing is known of the stack, which costs speed only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.codegen.form_costs import RETURNED, SIGNED_ORDER, Conventions
from wasm2py.instruction import Instruction, Opcode
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.ir.tail_calls import RETURN_CALL, TAIL_CALLS

_GET, _SET, _TEE, _CALL, _RETURN = (BY_NAME[n] for n in ("local.get", "local.set", "local.tee", "call", "return"))
_END, _DROP, _SELECT, _REF_FUNC = (BY_NAME[name] for name in ("end", "drop", "select", "ref.func"))
_UNSIGNED = frozenset(
    [f"i{bits}.{op}_u" for bits in (32, 64) for op in ("lt", "le", "gt", "ge", "shr", "div", "rem")]
    + ["i64.extend_i32_u"]
)
#: a parameter of a function, or its result (RETURNED): (function index, index)
_Place = tuple[int, int]
_CONSTANT: _Place = (-1, 0)
_CONSTANTS = frozenset((BY_NAME["i32.const"], BY_NAME["i64.const"]))


def signed_places(spaces: IndexSpaces) -> Conventions:
    """The conventions of a validated module."""
    uses = _Uses(spaces)
    for position, function in enumerate(spaces.module.functions):
        uses.read(spaces.imported_functions + position, function.body)
    barred = set(reachable(spaces))
    found: dict[int, frozenset[int]] = {}
    for function_index, index in _wanted(uses):
        if function_index < spaces.imported_functions or function_index in barred:
            continue
        if index != RETURNED or uses.may_agree(function_index):
            found[function_index] = found.get(function_index, frozenset()) | {index}
    return found


def _wanted(uses: _Uses) -> set[_Place]:
    """The places that should be signed by their uses, and those whose values go there and nowhere else that matters."""
    votes = uses.votes
    found = {place for place, count in votes.items() if count > 0}
    work = list(found)
    while work:
        for source in uses.sources.get(work.pop(), ()):
            if source not in found and source not in votes:
                found.add(source)
                work.append(source)
    return found


def reachable(spaces: IndexSpaces) -> Iterator[int]:
    """Functions that others than calls lead to."""
    module = spaces.module
    yield from (export.index for export in module.exports if export.kind == "func")
    if module.start is not None:
        yield module.start
    expressions = [function.body for function in module.functions if _REF_FUNC in spaces.opcodes]
    expressions += [item for segment in module.elements for item in segment.items]
    expressions += [entry.init for entry in module.globals]
    expressions += [table.init for table in module.tables if table.init is not None]
    for expression in expressions:
        yield from [immediate for opcode, immediate, _ in expression if opcode is _REF_FUNC]


class _Uses:
    """What speaks for each place to be signed, less what speaks against it; and what is handed on."""

    def __init__(self, spaces: IndexSpaces) -> None:
        self.spaces = spaces
        self.votes: Counter[_Place] = Counter()
        #: place -> the places whose values it is given as they are
        self.sources: dict[_Place, set[_Place]] = {}
        #: functions that leave, or are left to, with a tail call
        self.tail_calls: set[int] = set()

    def may_agree(self, function: int) -> bool:
        """Whether all of a function's results go to plain calls of it."""
        return function not in self.tail_calls and len(self.spaces.function_type(function).results) == 1

    def read(self, function: int, body: Sequence[Instruction]) -> None:
        params = len(self.spaces.function_type(function).params)
        origins: dict[int, _Place] = {index: (function, index) for index in range(params)}
        stack: list[_Place | None] = []
        returning = len(body) - _trailing_ends(body)
        for position, (opcode, immediate, _) in enumerate(body):
            if opcode is _GET:
                stack.append(origins.get(immediate))
            elif opcode is _SET or opcode is _TEE:
                origin = stack[-1] if stack else None
                if origin and immediate >= params:
                    origins[immediate] = origin
                if opcode is _SET and stack:
                    stack.pop()
            elif opcode is _CALL:
                self._call(immediate, stack)
            elif opcode in _PLAIN:
                takes, gives, vote = _PLAIN[opcode]
                if vote and len(stack) >= takes:
                    self._vote(stack[-takes:], opcode, vote)
                if takes:
                    del stack[-takes:]
                stack += gives
            else:
                if opcode is _RETURN or position >= returning:
                    self._hand_on(stack[-1] if stack else None, (function, RETURNED))
                elif opcode in TAIL_CALLS:
                    self._leave(function, opcode, immediate)
                stack.clear()

    def _call(self, callee: int, stack: list[_Place | None]) -> None:
        type = self.spaces.function_type(callee)
        for index in reversed(range(len(type.params))):
            if stack:
                self._hand_on(stack.pop(), (callee, index))
        single = (callee, RETURNED) if len(type.results) == 1 else None
        stack.extend([single] * len(type.results))

    def _vote(self, operands: list[_Place | None], opcode: Opcode, vote: int) -> None:
        for operand in operands[:1] if opcode.access is not None else operands:
            # What is compared with a constant is compared in either form; a parameter may be a bound besides.
            if operand and not (_CONSTANT in operands and operand[1] == RETURNED):
                self.votes[operand] += vote

    def _leave(self, function: int, opcode: Opcode, callee: int) -> None:
        self.tail_calls.add(function)
        if opcode is RETURN_CALL:
            self.tail_calls.add(callee)

    def _hand_on(self, source: _Place | None, target: _Place) -> None:
        if source:
            self.sources.setdefault(target, set()).add(source)


def _trailing_ends(body: Sequence[Instruction]) -> int:
    """How many ``end`` there are at the end of a function: what the first of them leaves is the result."""
    return next((count for count, (opcode, _, _) in enumerate(reversed(body)) if opcode is not _END), len(body))


def _plain_instructions() -> dict[Opcode, tuple[int, list[_Place | None], int]]:
    """Instruction -> operands, results, and what each operand counts: 2 if signed, -1 if unsigned."""
    found: dict[Opcode, tuple[int, list[_Place | None], int]] = {_DROP: (1, [], 0), _SELECT: (3, [None], 0)}
    for opcode in BY_NAME.values():
        if opcode.control or opcode.calls:
            continue
        if opcode.access is not None:
            found[opcode] = (1 + len(opcode.access.operands), [None] * len(opcode.access.results), -1)
        elif opcode.params is not None and opcode.results is not None:
            vote = 2 if opcode in SIGNED_ORDER else -1 if opcode.name in _UNSIGNED else 0
            result = _CONSTANT if opcode in _CONSTANTS else None
            found[opcode] = (len(opcode.params), [result] * len(opcode.results), vote)
    return found


_PLAIN = _plain_instructions()
