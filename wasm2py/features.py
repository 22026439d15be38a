"""The features of WebAssembly by name, and which of them are on unless said otherwise.

The decoder reads everything of every feature; the validator refuses what is switched off. ``Opcode.feature``
names the one feature that brought an instruction.
"""

from __future__ import annotations

#: Feature -> what it is, oldest first.
FEATURES: dict[str, str] = {
    "mvp": "WebAssembly 1.0",
    "mutable-globals": "import and export of mutable globals",
    "sign-extension": "i32.extend8_s and its kin",
    "saturating-float-to-int": "conversions to integers that do not trap",
    "multi-value": "several results of functions, parameters of blocks",
    "bulk-memory": "memory.copy, memory.fill, passive segments",
    "reference-types": "externref, several tables, table.get and table.set",
    "simd": "128-bit vectors",
    "relaxed-simd": "vector instructions with a choice of results",
    "extended-const": "i32.add, i32.sub, i32.mul and the i64 ones in constant expressions",
    "multi-memory": "more than one memory",
    "memory64": "64-bit memories and tables",
    "tail-call": "return_call and return_call_indirect",
    "function-references": "typed function references, call_ref",
    "gc": "structs, arrays, i31, recursive types and subtyping",
    "exceptions": "tags, throw, try_table",
    "branch-hinting": "the custom section metadata.code.branch_hint",
    "threads": "shared memories and atomics",
    "custom-page-sizes": "memories with pages of one byte",
    "wide-arithmetic": "i64.add128, i64.mul_wide_u and their kin",
    "legacy-exceptions": "try, catch, delegate and rethrow, as in the first version of the proposal",
}

#: WebAssembly 3.0, and threads.
DEFAULT_FEATURES: frozenset[str] = frozenset(FEATURES) - {"custom-page-sizes", "wide-arithmetic", "legacy-exceptions"}
