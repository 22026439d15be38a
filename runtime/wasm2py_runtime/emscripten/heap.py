"""Memory: its size, and copying within it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import MemoryOutOfBounds
from ..memory import MAXIMUM_BYTES
from .registry import env

if TYPE_CHECKING:
    from .host import Emscripten


@env("vppp", "_emscripten_memcpy_js", "emscripten_memcpy_big")
def emscripten_memcpy_js(host: Emscripten, target: int, source: int, count: int) -> int:
    """Older modules expect to be given the target."""
    memory = host.guest.memory
    if max(target, source) + count > len(memory):
        raise MemoryOutOfBounds
    memory.copy(target, memory, source, count)
    return target


@env("ip")
def emscripten_resize_heap(host: Emscripten, size: int) -> int:
    """Grow to a size in bytes: whether it worked. Growing moves nothing here, so no more than that is taken."""
    memory = host.guest.memory
    lacking = size - len(memory)
    return int(lacking <= 0 or memory.grow(-(-lacking // memory.page_size)) >= 0)


@env("p", "getHeapMax")
def emscripten_get_heap_max(host: Emscripten) -> int:
    memory = host.guest.memory
    maximum = MAXIMUM_BYTES if memory.maximum is None else memory.maximum * memory.page_size
    return min(maximum, MAXIMUM_BYTES)


@env("p", "getTotalMemory")
def emscripten_get_heap_size(host: Emscripten) -> int:
    return len(host.guest.memory)


@env("vp")
def emscripten_notify_memory_growth(host: Emscripten, index: int) -> None:
    """Views of a memory stay valid when it grows: there is nothing to do."""
