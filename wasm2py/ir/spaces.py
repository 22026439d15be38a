"""The index spaces of a module, imports before definitions (spec §2.5.1), as the builder and codegen look them up."""

from __future__ import annotations

from functools import cached_property
from typing import Union

from wasm2py.instruction import Opcode
from wasm2py.module import Module
from wasm2py.types import FieldType, FuncType, GlobalType, HeapType, MemoryType, StructType, TableType, TagType, ValType

#: The runtime gives no memory the last page of 4 GiB, so that an address within memory, and what is added to it by an
#: instruction or two, does not wrap around.
MEMORY_LIMIT = 65535 * 65536

#: The runtime makes no array with more elements.
MAXIMUM_ELEMENTS = 1 << 27


class IndexSpaces:
    """Lists by index: type index of each function; types of tables, memories and globals."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.functions: list[int] = [entry.type for entry in module.imported("func") if isinstance(entry.type, int)]
        self.imported_functions = len(self.functions)
        self.functions += [function.typeidx for function in module.functions]
        self.tables: list[TableType] = [e.type for e in module.imported("table") if isinstance(e.type, TableType)]
        self.tables += [table.type for table in module.tables]
        self.memories: list[MemoryType] = [e.type for e in module.imported("memory") if isinstance(e.type, MemoryType)]
        self.memories += module.memories
        self.tags: list[int] = [e.type.typeidx for e in module.imported("tag") if isinstance(e.type, TagType)]
        self.imported_tags = len(self.tags)
        self.tags += [tag.typeidx for tag in module.tags]
        self.globals: list[GlobalType] = [e.type for e in module.imported("global") if isinstance(e.type, GlobalType)]
        self.imported_globals = len(self.globals)
        self.globals += [entry.type for entry in module.globals]

    @cached_property
    def opcodes(self) -> frozenset[Opcode]:
        """The instructions that occur in the functions of the module: what needs others has nothing to do."""
        return frozenset([opcode for function in self.module.functions for opcode, _, _ in function.body])

    def memory_limits(self) -> list[int]:
        """The most bytes that each memory can ever have."""
        limits: list[int] = []
        for memory in self.memories:
            maximum = memory.limits.maximum
            limits.append(MEMORY_LIMIT if maximum is None else min(maximum * memory.page_size, MEMORY_LIMIT))
        return limits

    def func_type(self, typeidx: int) -> FuncType:
        composite = self.module.types[typeidx].composite
        assert isinstance(composite, FuncType)
        return composite

    def fields(self, typeidx: int) -> tuple[FieldType, ...]:
        """The fields of a structure type; of an array type the one field that all elements are."""
        composite = self.module.types[typeidx].composite
        assert not isinstance(composite, FuncType)
        return composite.fields if isinstance(composite, StructType) else (composite.field,)

    def kind(self, heap: HeapType) -> str:
        """An abstract heap type above a heap type, or itself: of a type by its index "func", "struct" or "array"."""
        if isinstance(heap, str):
            return heap
        composite = self.module.types[heap].composite
        return "func" if isinstance(composite, FuncType) else "struct" if isinstance(composite, StructType) else "array"

    def function_type(self, funcidx: int) -> FuncType:
        return self.func_type(self.functions[funcidx])

    def tag_type(self, tagidx: int) -> FuncType:
        """The type whose parameters are the values of an exception with this tag."""
        return self.func_type(self.tags[tagidx])

    def block_type(self, immediate: Union[int, ValType, None]) -> FuncType:
        """The function type that a block type stands for (spec §3.2.2)."""
        if immediate is None:
            return _EMPTY
        if isinstance(immediate, int):
            return self.func_type(immediate)
        return FuncType((), (immediate,))


_EMPTY = FuncType((), ())
