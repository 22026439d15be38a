"""Vector loads and stores that are more than 16 bytes in and out are made of others (spec §4.4.7).

A part of memory is read or written by the plain instruction of its width; a vector instruction does the rest:

    v128.load32_splat           i32.load, i32x4.splat
    v128.load64_zero            v128.const 0, i64.load, i64x2.replace_lane 0
    v128.load8x8_s              i64.load, i64x2.splat, i16x8.extend_low_i8x16_s
    v128.load16_lane 3          i32.load16_u, i16x8.replace_lane 3
    v128.store64_lane 1         i64x2.extract_lane 1, i64.store
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from wasm2py.instruction import MemArg
from wasm2py.ir.graph import Value
from wasm2py.types import ValType

if TYPE_CHECKING:
    from wasm2py.ir.builder import Builder

#: by width in bits: the shape with lanes of that width, and what loads and stores one
_SHAPES = {8: "i8x16", 16: "i16x8", 32: "i32x4", 64: "i64x2"}
_LOADS = {8: "i32.load8_u", 16: "i32.load16_u", 32: "i32.load", 64: "i64.load"}
_STORES = {8: "i32.store8", 16: "i32.store16", 32: "i32.store", 64: "i64.store"}


def _make(b: Builder, name: str, type: ValType, args: list[Value], immediate: Any = None) -> Value:
    b.emit(name, type, args, immediate)
    return b.stack.pop()


def _load(b: Builder, width: int, address: Value, memarg: MemArg) -> Value:
    name = _LOADS[width]
    return _make(b, name, name[:3], [address], memarg)


def _splat(b: Builder, memarg: MemArg, width: int) -> None:
    loaded = _load(b, width, b.stack.pop(), memarg)
    b.emit(f"{_SHAPES[width]}.splat", "v128", [loaded])


def _zero(b: Builder, memarg: MemArg, width: int) -> None:
    loaded = _load(b, width, b.stack.pop(), memarg)
    zero = _make(b, "v128.const", "v128", [], 0)
    b.emit(f"{_SHAPES[width]}.replace_lane", "v128", [zero, loaded], 0)


def _extend(b: Builder, memarg: MemArg, width: int, sign: str) -> None:
    loaded = _load(b, 64, b.stack.pop(), memarg)
    narrow = _make(b, "i64x2.splat", "v128", [loaded])
    b.emit(f"{_SHAPES[2 * width]}.extend_low_{_SHAPES[width]}_{sign}", "v128", [narrow])


def _load_lane(b: Builder, immediate: tuple[MemArg, int], width: int) -> None:
    memarg, lane = immediate
    address, vector = b.pop(2)
    loaded = _load(b, width, address, memarg)
    b.emit(f"{_SHAPES[width]}.replace_lane", "v128", [vector, loaded], lane)


def _store_lane(b: Builder, immediate: tuple[MemArg, int], width: int) -> None:
    memarg, lane = immediate
    address, vector = b.pop(2)
    name = _STORES[width]
    kind = "extract_lane_u" if width < 32 else "extract_lane"
    stored = _make(b, f"{_SHAPES[width]}.{kind}", name[:3], [vector], lane)
    b.emit(name, None, [address, stored], memarg)


def _handlers() -> dict[str, Callable[[Builder, Any], None]]:
    made: dict[str, Callable[[Builder, Any], None]] = {}
    for width in _SHAPES:
        made[f"v128.load{width}_splat"] = partial(_splat, width=width)
        made[f"v128.load{width}_lane"] = partial(_load_lane, width=width)
        made[f"v128.store{width}_lane"] = partial(_store_lane, width=width)
    for width in (32, 64):
        made[f"v128.load{width}_zero"] = partial(_zero, width=width)
    for width in (8, 16, 32):
        for sign in "su":
            made[f"v128.load{width}x{64 // width}_{sign}"] = partial(_extend, width=width, sign=sign)
    return made


VECTOR_HANDLERS = _handlers()
