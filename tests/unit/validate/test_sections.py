"""Imports, definitions, constant expressions, segments, exports, start."""

from __future__ import annotations

import pytest

from tests.unit.binary import build
from tests.unit.binary.build import module, name, section, u32
from tests.unit.validate.modules import (
    ANYREF,
    DATA,
    DROP,
    END,
    EXPORT,
    EXTERNREF,
    F32_0,
    FUNCREF,
    I32,
    I32_0,
    I64,
    I64_0,
    MEMORY,
    MEMORY_64,
    TABLE,
    accept,
    func,
    function,
    ref,
    refuse,
    struct,
)
from wasm2py.features import DEFAULT_FEATURES

PAGES = DEFAULT_FEATURES | {"custom-page-sizes"}
MAX_32, MAX_64 = (1 << 32) - 1, (1 << 64) - 1


def memory(flags: int, *limits: int) -> bytes:
    return bytes([flags]) + b"".join(map(u32, limits))


def imported(kind: int, type: bytes) -> bytes:
    return name("m") + name("f") + bytes([kind]) + type


class TestMemories:
    @pytest.mark.parametrize(
        "type",
        [
            memory(0, 0),
            memory(0, 65536),
            memory(1, 65536, 65536),
            memory(3, 1, 2),
            memory(4, 1 << 48),
            memory(5, 0, 1 << 48),
            memory(8, MAX_32, 0),
            memory(0x0C, MAX_64, 0),
            memory(8, 65536, 16),
        ],
    )
    def test_accepted(self, type: bytes) -> None:
        accept(module(section(build.MEMORY, type)), PAGES)
        accept(module(section(build.IMPORT, imported(2, type))), PAGES)

    @pytest.mark.parametrize(
        ("type", "message"),
        [
            (memory(0, 65537), "memory size must be at most 65536 pages (4GiB)"),
            (memory(1, 0, 65537), "memory size must be at most 65536 pages (4GiB)"),
            (memory(1, 2, 1), "size minimum must not be greater than maximum"),
            (memory(4, (1 << 48) + 1), "memory size must be at most 2^48 pages"),
            (memory(2, 1), "shared memory must have maximum"),
            (memory(8, MAX_32 + 1, 0), "memory size must be at most"),
            (memory(8, 0, 1), "invalid custom page size"),
            (memory(8, 0, 17), "invalid custom page size"),
            (memory(8, 0, 63), "invalid custom page size"),
        ],
    )
    def test_refused(self, type: bytes, message: str) -> None:
        refuse(module(section(build.MEMORY, type)), message, PAGES)
        refuse(module(section(build.IMPORT, imported(2, type))), message, PAGES)


class TestTables:
    def test_limits(self) -> None:
        accept(module(section(build.TABLE, FUNCREF + memory(1, MAX_32, MAX_32))))
        accept(module(section(build.TABLE, FUNCREF + memory(5, MAX_64, MAX_64))))
        refuse(module(section(build.TABLE, FUNCREF + memory(0, MAX_32 + 1))), "table size must be at most 2^32-1")
        refuse(module(section(build.TABLE, FUNCREF + memory(1, 2, 1))), "size minimum must not be greater")

    def test_elements_without_null_need_an_initial_value(self) -> None:
        type = ref(FUNCREF) + b"\0\1"
        refuse(module(section(build.TABLE, type)), "type mismatch")
        accept(function(b"", func(), section(build.TABLE, b"\x40\0" + type + b"\xd2\0" + END)))
        refuse(function(b"", func(), section(build.TABLE, b"\x40\0" + type + b"\xd0\x70" + END)), "type mismatch")

    def test_initial_values_see_imported_globals_only(self) -> None:
        table = section(build.TABLE, b"\x40\0" + FUNCREF + b"\0\1\x23\0" + END)
        value = FUNCREF + b"\0"
        accept(module(section(build.IMPORT, imported(3, value)), table))
        refuse(module(table, section(build.GLOBAL, value + b"\xd0\x70" + END)), "unknown global 0")

    def test_unknown_element_type(self) -> None:
        refuse(module(section(build.TABLE, ref(b"\3", null=True) + b"\0\1")), "unknown type 3")


class TestGlobals:
    def test_type_of_the_value(self) -> None:
        accept(module(section(build.GLOBAL, I32 + b"\0" + I32_0 + END)))
        refuse(module(section(build.GLOBAL, I32 + b"\0" + I64_0 + END)), "type mismatch")
        refuse(module(section(build.GLOBAL, I32 + b"\0" + END)), "type mismatch")
        refuse(module(section(build.GLOBAL, I32 + b"\0" + I32_0 + I32_0 + END)), "type mismatch")

    @pytest.mark.parametrize("instruction", [b"\x45", b"\x6d", b"\x01", b"\0", b"\x0f", b"\x1a", b"\x10\0", b"\x3f\0"])
    def test_instructions_that_are_not_constant(self, instruction: bytes) -> None:
        wasm = module(section(build.GLOBAL, I32 + b"\0" + I32_0 + instruction + END))
        refuse(wasm, "constant expression required")

    def test_arithmetic(self) -> None:
        for type, value, codes in ((I32, I32_0, b"\x6a\x6b\x6c"), (I64, I64_0, b"\x7c\x7d\x7e")):
            for code in codes:
                wasm = module(section(build.GLOBAL, type + b"\0" + value + value + bytes([code]) + END))
                accept(wasm)
                refuse(wasm, "constant expression required", DEFAULT_FEATURES - {"extended-const"})

    def test_references_to_globals(self) -> None:
        get_0 = I32 + b"\0\x23\0" + END
        constant, mutable = I32 + b"\0" + I32_0 + END, I32 + b"\1" + I32_0 + END
        accept(module(section(build.GLOBAL, constant, get_0)))
        refuse(module(section(build.GLOBAL, get_0)), "unknown global 0")
        refuse(module(section(build.GLOBAL, mutable, get_0)), "constant expression required")
        refuse(module(section(build.GLOBAL, constant, get_0)), "unknown global 0", DEFAULT_FEATURES - {"gc"})
        imports = section(build.IMPORT, imported(3, I32 + b"\0"))
        accept(module(imports, section(build.GLOBAL, get_0)), DEFAULT_FEATURES - {"gc"})

    def test_objects(self) -> None:
        types = section(build.TYPE, struct(I32 + b"\0"))
        accept(module(types, section(build.GLOBAL, ref(b"\0") + b"\0" + I32_0 + b"\xfb\0\0" + END)))
        accept(module(section(build.GLOBAL, ANYREF + b"\0" + I32_0 + b"\xfb\x1c" + END)))
        refuse(module(section(build.GLOBAL, EXTERNREF + b"\0" + I32_0 + b"\xfb\x1c" + END)), "type mismatch")


class TestSegments:
    def test_active_data(self) -> None:
        data = section(build.DATA, b"\0" + I32_0 + END + b"\0")
        accept(module(MEMORY, data))
        refuse(module(data), "unknown memory 0")
        refuse(module(MEMORY_64, data), "type mismatch")
        refuse(module(MEMORY, section(build.DATA, b"\2\1" + I32_0 + END + b"\0")), "unknown memory 1")
        refuse(module(MEMORY, section(build.DATA, b"\0" + F32_0 + END + b"\0")), "type mismatch")
        accept(module(DATA))

    def test_active_elements(self) -> None:
        elements = section(build.ELEMENT, b"\0" + I32_0 + END + b"\1\0")
        accept(function(b"", func(), TABLE, elements))
        refuse(function(b"", func(), elements), "unknown table 0")
        refuse(module(TABLE, elements), "unknown function 0")
        externs = section(build.TABLE, EXTERNREF + b"\0\1")
        refuse(function(b"", func(), externs, elements), "type mismatch: table requires externref")

    def test_element_expressions(self) -> None:
        accept(module(section(build.ELEMENT, b"\5" + EXTERNREF + b"\1\xd0\x6f" + END)))
        refuse(module(section(build.ELEMENT, b"\5" + EXTERNREF + b"\1\xd0\x70" + END)), "type mismatch")
        refuse(module(section(build.ELEMENT, b"\5" + FUNCREF + b"\1\0" + END)), "constant expression required")

    def test_many_elements_at_once(self) -> None:
        count = 100_000
        elements = section(build.ELEMENT, b"\1\0" + u32(count) + b"\0" * count)
        accept(function(b"", func(), elements))


class TestExports:
    @pytest.mark.parametrize(
        ("kind", "what"), [(0, "function"), (1, "table"), (2, "memory"), (3, "global"), (4, "tag")]
    )
    def test_unknown(self, kind: int, what: str) -> None:
        refuse(module(section(build.EXPORT, name("x") + bytes([kind]) + b"\0")), f"unknown {what} 0")

    def test_duplicate_names(self) -> None:
        other = section(build.EXPORT, name("a") + b"\0\0", name("b") + b"\0\0")
        accept(function(b"", func(), other))
        same = section(build.EXPORT, name("a") + b"\0\0", name("a") + b"\2\0")
        refuse(function(b"", func(), MEMORY, same), 'duplicate export name "a"')


class TestImports:
    def test_functions_and_tags_have_function_types(self) -> None:
        for kind, type in ((0, b"\0"), (4, b"\0\0")):
            imports = section(build.IMPORT, imported(kind, type))
            accept(module(section(build.TYPE, func()), imports))
            refuse(module(imports), "unknown type 0")
            refuse(module(section(build.TYPE, struct()), imports), "non-function type 0")

    def test_imports_come_first(self) -> None:
        imports = section(build.IMPORT, imported(0, b"\1"))
        body = I32_0 + b"\x10\0\x10\1"  # function 0 is the imported one
        accept(function(body, func(), imports, types=[func([I32])]))


def test_functions_have_function_types() -> None:
    refuse(function(b"", struct()), "non-function type 0")


def test_start() -> None:
    start = build.raw_section(build.START, b"\0")
    accept(function(b"", func(), start))
    refuse(function(b"", func([I32]), start), "start function must not have parameters or results: [i32] -> []")
    refuse(function(I32_0, func([], [I32]), start), "start function")
    refuse(module(start), "unknown function 0")


def test_empty_module() -> None:
    accept(module())


def test_name_of_the_export_declares_the_function() -> None:
    accept(function(b"\xd2\0" + DROP, func(), EXPORT))
