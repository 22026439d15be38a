"""From a validated function body to the graph (spec §4.6: what each instruction does to stack and control).

The operand stack exists only here, as a list of values. Code after a branch that cannot be reached is skipped.
Instructions whose operands and results stand in the table need no code of their own; the others have a method in
``_HANDLERS`` here or in ``wasm2py.ir.control``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.instruction import Opcode
from wasm2py.ir.control import CONTROL_HANDLERS, NOTED, OPENERS, Frame, assigned_within
from wasm2py.ir.exceptions import EXCEPTION_HANDLERS, Region, close_region, invoke
from wasm2py.ir.graph import PARAM, RESULT, Block, Function, Return, Value, resolve, resolve_all
from wasm2py.ir.signatures import operand_count, result_type, unpacked_types
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.ir.ssa import Locals
from wasm2py.ir.tail_calls import RETURN_CALL, TAIL_CALL_HANDLERS, calls_itself, start_over
from wasm2py.ir.vectors import VECTOR_HANDLERS
from wasm2py.ir.wide import WIDE_HANDLERS
from wasm2py.module import Function as WasmFunction
from wasm2py.types import FuncType, RefType, ValType


def build(spaces: IndexSpaces, index: int, definition: WasmFunction, name: str) -> Function:
    """The IR of the function ``index``, which must be valid. Linear in the size of the body."""
    builder = Builder(spaces, Function(spaces, index, name, spaces.func_type(definition.typeidx)), definition)
    builder.run(definition.body)
    return builder.finish()


class Builder:
    """The state while one body is read: operand stack, control frames, current block (None: unreachable)."""

    def __init__(self, spaces: IndexSpaces, function: Function, definition: WasmFunction) -> None:
        self.spaces = spaces
        self.function = function
        self.stack: list[Value] = []
        self.frames: list[Frame] = []
        #: the regions around the current instruction whose handlers get what it throws
        self.regions: list[Region] = []
        self.offset = definition.offset
        noted = [each for each in definition.body if each[0] in _NOTED]
        self.assigned = assigned_within(noted)
        types = list(function.type.params)
        for count, type in definition.locals:
            types += [type] * count
        self.locals = Locals(function, types)
        self.block: Optional[Block] = function.block()
        self.locals.start(self.block)
        for i, type in enumerate(function.type.params):
            param = function.value(PARAM, type, [], i)
            function.params.append(param)
            self.locals.write(self.block, i, param)
        self.frames.append(Frame("func", 0, FuncType((), function.type.results)))
        #: where the function starts over when it ends with a call of itself
        self.start = start_over(self) if calls_itself(noted, function.index) else None

    def run(self, body: Any) -> None:
        defs, push = self.locals.defs, self.stack.append
        skipping = 0
        for opcode, immediate, self.offset in body:
            block = self.block
            if block is None:
                if opcode.name in OPENERS:
                    skipping += 1
                    continue
                if skipping:
                    skipping -= opcode.name in ("end", "delegate")
                    continue
                if opcode.name not in _PARTS:
                    continue
            elif opcode is _LOCAL_GET:  # a third of all
                value = defs[block].get(immediate)
                push(value if value is not None and value.forward is None else self.locals.read(block, immediate))
                continue
            step = _STEPS.get(opcode)
            if step is not None:
                step(self, immediate)
            else:
                self.plain(opcode, immediate)

    def plain(self, opcode: Opcode, immediate: Any) -> None:
        """An instruction whose operands and result stand in the table."""
        count, type = _PLAIN[opcode]
        if type is False:
            type = result_type(opcode, immediate, self.spaces)
        args: list[Value] = []
        if count:
            args = self.stack[-count:]
            del self.stack[-count:]
        self.append(opcode, type, args, immediate)

    def append(self, opcode: Opcode, type: Optional[ValType], args: list[Value], immediate: Any) -> Value:
        """Append a value to the current block and push it if it has a type."""
        function = self.function
        value = Value(function.next_id, opcode, type, args, immediate, self.offset)
        function.next_id += 1
        self.block.body.append(value)  # type: ignore[union-attr]
        if type is not None:
            self.stack.append(value)
        return value

    def emit(self, name: str, type: Optional[ValType], args: list[Value], immediate: Any = None) -> Value:
        """The same by the name of the instruction."""
        return self.append(BY_NAME[name], type, args, immediate)

    def current(self) -> Block:
        """The current block, which there is."""
        assert self.block is not None
        return self.block

    def pop(self, count: int) -> list[Value]:
        if not count:
            return []
        values = self.stack[-count:]
        del self.stack[-count:]
        return values

    def call(self, name: str, type: FuncType, args: list[Value], immediate: Any) -> None:
        """A call; several results are taken apart by RESULT values."""
        if len(type.results) <= 1:
            self.emit(name, type.results[0] if type.results else None, args, immediate)
        else:
            self._results(self.emit(name, None, args, immediate), type)
        if self.regions:
            invoke(self)

    def _results(self, call: Value, type: FuncType) -> None:
        for i, result in enumerate(type.results):
            value = self.function.value(RESULT, result, [call], i, self.offset)
            self.current().body.append(value)
            self.stack.append(value)

    def close_region(self, region: Region) -> None:
        """A block with handlers ends."""
        close_region(self, region)

    def finish(self) -> Function:
        function = self.function
        function.blocks[0].body[:0] = self.locals.zeros
        if self.start is not None:
            self.locals.close_loop(self.start)
        self.locals.drop_settled()
        for block in function.blocks if self.locals.replaced else ():
            resolve_all(block.phis)
            resolve_all(block.body)
            resolve(block.terminator.args)
        return function

    def leave(self) -> None:
        """End the function from the current block with the results on the stack."""
        assert self.block is not None
        self.block.terminator = Return(self.pop(len(self.function.type.results)))
        self.block = None


def _local_set(b: Builder, index: int) -> None:
    assert b.block is not None
    b.locals.write(b.block, index, b.stack.pop())


def _local_tee(b: Builder, index: int) -> None:
    assert b.block is not None
    b.locals.write(b.block, index, b.stack[-1])


def _drop(b: Builder, immediate: None) -> None:
    b.stack.pop()


def _nop(b: Builder, immediate: None) -> None:
    pass


def _select(b: Builder, immediate: Any) -> None:
    args = b.pop(3)
    b.emit("select", args[0].type, args)


def _i32_const(b: Builder, value: int) -> None:
    b.append(_I32_CONST, "i32", [], value & 0xFFFFFFFF)


def _i64_const(b: Builder, value: int) -> None:
    b.append(_I64_CONST, "i64", [], value & 0xFFFFFFFFFFFFFFFF)


def _ref_null(b: Builder, heap: Any) -> None:
    b.emit("ref.null", RefType(True, heap), [], heap)


def _call(b: Builder, index: int) -> None:
    type = b.spaces.function_type(index)
    b.call("call", type, b.pop(len(type.params)), index)


def _call_indirect(b: Builder, immediate: tuple[int, int]) -> None:
    type = b.spaces.func_type(immediate[0])
    b.call("call_indirect", type, b.pop(len(type.params) + 1), immediate)


def _call_ref(b: Builder, typeidx: int) -> None:
    type = b.spaces.func_type(typeidx)
    b.call("call_ref", type, b.pop(len(type.params) + 1), typeidx)


def _ref_as_non_null(b: Builder, immediate: None) -> None:
    [ref] = b.pop(1)
    assert isinstance(ref.type, RefType)
    b.emit("ref.as_non_null", RefType(False, ref.type.heap), [ref])


def _convert(name: str, heap: str) -> Callable[[Builder, Any], None]:
    """``any.convert_extern`` and its opposite: null if the operand is (spec §3.4.4)."""

    def convert(b: Builder, immediate: None) -> None:
        [ref] = b.pop(1)
        b.emit(name, RefType(True, heap), [ref])

    return convert


def _struct_new(b: Builder, typeidx: int) -> None:
    b.emit("struct.new", RefType(False, typeidx), b.pop(len(b.spaces.fields(typeidx))), typeidx)


def _struct_new_default(b: Builder, typeidx: int) -> None:
    values = [b.locals.zero(type) for type in unpacked_types(b.spaces.fields(typeidx))]
    b.emit("struct.new", RefType(False, typeidx), values, typeidx)


def _array_new_default(b: Builder, typeidx: int) -> None:
    [type] = unpacked_types(b.spaces.fields(typeidx))
    b.emit("array.new", RefType(False, typeidx), [b.locals.zero(type), *b.pop(1)], typeidx)


def _array_new_fixed(b: Builder, immediate: tuple[int, int]) -> None:
    b.emit("array.new_fixed", RefType(False, immediate[0]), b.pop(immediate[1]), immediate)


_LOCAL_GET, _I32_CONST, _I64_CONST = BY_NAME["local.get"], BY_NAME["i32.const"], BY_NAME["i64.const"]
#: what is looked for before anything is built
_NOTED = NOTED | {RETURN_CALL}
#: what may end code that cannot be reached
_PARTS = frozenset(("end", "else", "catch", "catch_all", "delegate"))

_HANDLERS: dict[str, Callable[[Builder, Any], None]] = {
    "local.set": _local_set,
    "local.tee": _local_tee,
    "drop": _drop,
    "nop": _nop,
    "select": _select,
    "select_t": _select,
    "i32.const": _i32_const,
    "i64.const": _i64_const,
    "ref.null": _ref_null,
    "call": _call,
    "call_indirect": _call_indirect,
    "call_ref": _call_ref,
    "ref.as_non_null": _ref_as_non_null,
    "any.convert_extern": _convert("any.convert_extern", "any"),
    "extern.convert_any": _convert("extern.convert_any", "extern"),
    "struct.new": _struct_new,
    "struct.new_default": _struct_new_default,
    "array.new_default": _array_new_default,
    "array.new_fixed": _array_new_fixed,
}
#: the same by opcode
_STEPS = {
    BY_NAME[name]: handler
    for handlers in (
        _HANDLERS,
        CONTROL_HANDLERS,
        EXCEPTION_HANDLERS,
        VECTOR_HANDLERS,
        WIDE_HANDLERS,
        TAIL_CALL_HANDLERS,
    )
    for name, handler in handlers.items()
}


class _Plain(dict[Opcode, tuple[int, Any]]):
    """Operands of an instruction and the type of its result, False where that depends on the immediate."""

    def __missing__(self, opcode: Opcode) -> tuple[int, Any]:
        fixed = opcode.results is not None or opcode.access is not None
        found = self[opcode] = operand_count(opcode), fixed and result_type(opcode)
        return found


_PLAIN = _Plain()
