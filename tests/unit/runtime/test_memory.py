"""Memory: views and their exact bounds, growth in place, the operations, the host's surface (spec §4.4.7)."""

from __future__ import annotations

import ctypes
import gc
import random
import struct
import sys
import threading

import pytest

from wasm2py_runtime import Memory, MemoryOutOfBounds, MemoryType, OutOfBoundsError, views

PAGE = 65536
OUT_OF_BOUNDS = (IndexError, MemoryOutOfBounds)


@pytest.fixture(params=["overlapping", "plain"], autouse=True)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every test runs with both kinds of views, where the interpreter has both."""
    if request.param == "plain":
        monkeypatch.setenv("WASM2PY_MEMORY", "plain")
    elif views.overlapping is None:
        pytest.skip("this interpreter has plain views only")
    return str(request.param)


def test_the_kind_of_views_is_the_one_asked_for(kind: str) -> None:
    view = Memory(1).typed_view("u32")
    assert isinstance(view, views.PlainView) == (kind == "plain")


@pytest.mark.skipif(sys.implementation.name != "cpython" or sys.byteorder != "little", reason="CPython only")
def test_cpython_has_overlapping_views() -> None:
    assert views.overlapping is not None


def check_bounds(memory: Memory, name: str) -> None:
    """The last address holds a number, and nothing past it does, however far."""
    view, width = memory.typed_view(name), struct.calcsize(views.FORMATS[name])
    last = len(memory) - width
    for address in (last + 1, len(memory), len(memory) + 1, (1 << 32) - 1, 1 << 32, 1 << 33, 1 << 64):
        if address < 0:
            continue
        with pytest.raises(OUT_OF_BOUNDS):
            view[address]
        with pytest.raises(OUT_OF_BOUNDS):
            view[address] = 0
    for address in {a for a in (0, 1, 3, last - 1, last) if 0 <= a <= last}:
        data = bytes(range(0x41 + address % 7, 0x41 + address % 7 + width))
        memory.buffer[address : address + width] = data
        assert view[address] == struct.unpack("<" + views.FORMATS[name], data)[0]
        memory.buffer[address : address + width] = bytes(width)
        view[address] = struct.unpack("<" + views.FORMATS[name], data)[0]
        assert memory.read(address, width) == data


def test_a_slice_reads_each_element_in_its_turn_and_ends_with_the_memory() -> None:
    memory = Memory(1)
    memory.write(0, bytes(range(256)))
    view = memory.typed_view("u16")
    assert list(view[1:9:4]) == [view[1], view[5]]
    assert list(view[len(memory) - 4 :: 2]) == [view[len(memory) - 4], view[len(memory) - 2]]
    assert list(view[1 << 32 :: 8]) == list(view[9:3]) == []
    read = iter(view[0::2])
    assert next(read) == 0x100
    view[2] = 7
    assert next(read) == 7


@pytest.mark.parametrize("name", list(views.FORMATS))
def test_every_view_has_exact_bounds_through_every_growth(name: str) -> None:
    memory = Memory(0, 5)
    view = memory.typed_view(name)
    check_bounds(memory, name)
    for delta, before in ((1, 0), (0, 1), (2, 1), (2, 3)):
        assert memory.grow(delta) == before
        assert memory.typed_view(name) is view
        check_bounds(memory, name)
    assert memory.grow(1) == -1
    check_bounds(memory, name)


def test_small_pages() -> None:
    memory = Memory(3, 10, page_size=1)
    assert (len(memory), memory.size) == (3, 3)
    with pytest.raises(OUT_OF_BOUNDS):
        memory.typed_view("u32")[0]
    assert memory.grow(1) == 3
    assert memory.typed_view("u32")[0] == 0
    check_bounds(memory, "u16")


def test_stores_of_f32_round() -> None:
    memory = Memory(1)
    f32, u32 = memory.typed_view("f32"), memory.typed_view("u32")
    for value, bits in ((1e300, 0x7F800000), (-1e300, 0xFF800000), (0.1, 0x3DCCCCCD), (1e-46, 0), (-0.0, 0x80000000)):
        f32[5] = value
        assert u32[5] == bits


def test_growth_is_seen_by_every_holder() -> None:
    memory = Memory(1, 4)
    before = memory.buffer
    memory[10] = 1
    assert memory.grow(3) == 1
    memory[10] = 2
    assert before[10] == 2
    assert len(before) == PAGE
    assert len(memory.buffer) == 4 * PAGE
    assert not any(memory[PAGE : 4 * PAGE])


def test_limits() -> None:
    assert Memory(0).grow(65535) == 0
    assert Memory(0).grow(65536) == -1
    assert Memory(1, 65536).type == MemoryType(1, 65536)
    assert Memory(1, 65536).grow(65535) == -1
    for arguments in ((65536,), (65536, 65536), (2, 1), (-1,)):
        with pytest.raises(ValueError):
            Memory(*arguments)
    with pytest.raises(ValueError, match="shared"):
        Memory(1, shared=True)
    with pytest.raises(ValueError):
        Memory(1).grow(-1)


def test_type_has_the_current_size() -> None:
    memory = Memory(1, 3, shared=True)
    memory.grow(1)
    assert memory.type == MemoryType(2, 3, shared=True)
    assert "2 pages" in repr(memory)
    assert str(memory.type) == "memory 2..3 shared"


def test_fill() -> None:
    memory = Memory(3, 3)
    for start, count in ((0, 0), (5, 1), (7, 1000), (100, PAGE), (101, PAGE + 1), (50, 2 * PAGE + 17)):
        memory.fill(0, 0, 3 * PAGE)
        memory.fill(start, 0x1AB, count)
        assert memory[:] == bytes(start) + b"\xab" * count + bytes(3 * PAGE - start - count)


def test_copy_behaves_as_through_a_buffer() -> None:
    memory, generator = Memory(1, 2), random.Random(1)
    model = bytearray(generator.getrandbits(8) for _ in range(PAGE))
    memory.write(0, model)
    for _ in range(100):
        count = generator.choice((0, 1, 7, 100, 5000))
        source, target = generator.randrange(PAGE - count), generator.randrange(PAGE - count)
        target = generator.choice((target, min(source + 3, PAGE - count)))
        model[target : target + count] = bytes(model[source : source + count])
        memory.copy(target, memory, source, count)
    assert memory[:] == bytes(model)


def test_copy_from_another_memory_and_init() -> None:
    memory, other = Memory(1), Memory(1)
    other.write(100, b"other")
    memory.copy(3, other, 100, 5)
    memory.init(8, b"-segment-", 1, 7)
    assert memory.read_string(3) == "othersegment"


def test_bulk_operations_trap_at_the_bounds_and_write_nothing() -> None:
    memory, small = Memory(1, 3), Memory(0)
    end, far = PAGE, 1 << 32
    for d, s, n in (
        (end, 0, 1),
        (end + 1, 0, 0),
        (0, end, 1),
        (0, end + 1, 0),
        (end - 1, 0, 2),
        (far, 0, 0),
        (0, 0, far),
    ):
        with pytest.raises(MemoryOutOfBounds, match=r"^out of bounds memory access$"):
            memory.copy(d, memory, s, n)
    for d, n in ((end, 1), (end + 1, 0), (end - 5, 6), (1, far - 1)):
        with pytest.raises(MemoryOutOfBounds):
            memory.fill(d, 1, n)
    for d, n in ((end, 1), (end + 1, 0), (end - 5, 6), (far, 0)):
        with pytest.raises(MemoryOutOfBounds):
            memory.init(d, b"123456", 0, n)
    for s, n in ((5, 1), (6, 0), (0, 6)):
        with pytest.raises(MemoryOutOfBounds):
            memory.init(0, b"12345", s, n)
    with pytest.raises(MemoryOutOfBounds):
        memory.copy(0, small, 0, 1)
    memory.fill(end, 1, 0)
    memory.copy(end, memory, end, 0)
    memory.copy(end, small, 0, 0)
    memory.init(end, b"12345", 5, 0)
    assert not any(memory[:])


def test_a_sequence_of_bytes() -> None:
    memory = Memory(1)
    memory[0], memory[-1] = 7, 8
    assert (memory[0], memory[PAGE - 1], len(memory)) == (7, 8, PAGE)
    memory[1:4] = b"abc"
    assert memory[0:5] == b"\x07abc\0"
    assert memory[1:4:2] == b"ac"
    for index in (PAGE, -PAGE - 1, 1 << 70):
        with pytest.raises(IndexError):
            memory[index]
        with pytest.raises(IndexError):
            memory[index] = 0
    with pytest.raises(ValueError):
        memory[0:2] = b"abc"


def test_read_and_write_say_what_was_wrong() -> None:
    memory = Memory(1, 2)
    memory.write(PAGE - 3, bytearray(b"end"))
    assert memory.read(PAGE - 3, 3) == b"end"
    for address, length in ((PAGE - 3, 4), (-1, 1), (0, -1), (PAGE + 1, 0)):
        with pytest.raises(OutOfBoundsError, match=f"{length} bytes at address {address}: the memory has 65536 bytes"):
            memory.read(address, length)
    with pytest.raises(IndexError, match="5 bytes at address 65532"):
        memory.write(PAGE - 4, b"12345")
    assert memory.read(PAGE - 4, 4) == b"\0end"


def test_numbers() -> None:
    memory = Memory(1)
    for name, value in (
        ("u8", 200),
        ("i8", -5),
        ("u16", 65535),
        ("i32", -(1 << 31)),
        ("u64", (1 << 64) - 1),
        ("f64", 0.1),
    ):
        memory.store(name, 3, value)
        assert memory.load(name, 3) == value
    memory.store("u32", 0, -1)
    assert (memory.load("i32", 0), memory.load("u32", 0)) == (-1, 0xFFFFFFFF)
    for name, value in (("u8", 256), ("i8", -129), ("i64", 1 << 64)):
        with pytest.raises(OverflowError):
            memory.store(name, 0, value)
    for address in (-1, PAGE - 3, PAGE):
        with pytest.raises(OutOfBoundsError, match="4 bytes at address"):
            memory.load("i32", address)
        with pytest.raises(OutOfBoundsError):
            memory.store("f32", address, 1.0)
    with pytest.raises(ValueError, match="i128"):
        memory.load("i128", 0)


def test_strings() -> None:
    memory = Memory(1)
    assert memory.write_string(10, "gr\u00fc\u00df") == 7
    assert memory.read_string(10) == "gr\u00fc\u00df"
    assert memory.read_string(10, 2) == "gr"
    memory.fill(100, 0x41, PAGE - 100)
    with pytest.raises(OutOfBoundsError, match="no zero byte"):
        memory.read_string(100)
    with pytest.raises(OutOfBoundsError):
        memory.read_string(PAGE)
    with pytest.raises(OutOfBoundsError):
        memory.write_string(PAGE - 2, "ab")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python code can offer buffers from 3.12 on")
def test_buffer_protocol() -> None:
    memory = Memory(1, 2)
    view = memoryview(memory)
    view[5:8] = b"abc"
    memory.grow(1)
    assert memory[5:8] == b"abc"
    assert len(view) == PAGE
    assert len(bytes(memory)) == 2 * PAGE


def test_views_outlive_the_memory() -> None:
    memory = Memory(2, 10)
    u32, buffer = memory.typed_view("u32"), memory.buffer
    u32[100] = 7
    del memory
    gc.collect()
    others = [Memory(2, 10) for _ in range(20)]
    assert u32[100] == 7
    u32[2 * PAGE - 4] = 9
    with pytest.raises(OUT_OF_BOUNDS):
        u32[2 * PAGE - 3]
    assert buffer[100] == 7
    del others


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy closes mappings that are in use")
def test_the_mapping_cannot_be_closed_beneath_a_view() -> None:
    memory = Memory(1)
    memory.typed_view("u8")
    with pytest.raises(BufferError):
        memory._region.close()


def test_threads_may_grow_at_once() -> None:
    memory = Memory(0, 800)
    memory.typed_view("u8")
    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.extend(memory.grow(1) for _ in range(100))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(800))
    check_bounds(memory, "u8")


def test_struct_formats() -> None:
    memory = Memory(1, 3)
    memory.pack("<Hid", 3, 7, -5, 2.5)
    assert memory.unpack("<Hid", 3) == (7, -5, 2.5)
    assert memory.unpack("H", 3) == (7,) != memory.unpack(">H", 3)
    with pytest.raises(OutOfBoundsError, match="8 bytes at address 65530: the memory has 65536 bytes"):
        memory.unpack("q", 65530)
    with pytest.raises(OutOfBoundsError):
        memory.pack("I", -1, 1)
    with pytest.raises(struct.error):
        memory.pack("B", 0, 256)


def test_ctypes_structures_lie_in_the_memory() -> None:
    memory = Memory(1, 3)

    class Point(ctypes.LittleEndianStructure):
        _fields_ = (("x", ctypes.c_int32), ("y", ctypes.c_float))

    point = memory.struct(Point, 100)
    point.x, point.y = -9, 1.5
    assert (memory.load("i32", 100), memory.load("f32", 104)) == (-9, 1.5)
    memory.store("i32", 100, 77)
    memory.grow(1)
    memory.store("i32", 108, 78)
    assert (point.x, memory.struct(Point * 2, 100)[1].x) == (77, 78)
    with pytest.raises(OutOfBoundsError, match=f"8 bytes at address {2 * 65536 - 4}"):
        memory.struct(Point, 2 * 65536 - 4)


def test_numpy_arrays_stay_the_memory_when_it_grows() -> None:
    memory = Memory(1, 3)
    numpy = pytest.importorskip("numpy")
    array = numpy.frombuffer(memory.buffer, dtype="<u4")
    memory.grow(1)
    array[5] = 1234
    assert memory.load("u32", 20) == 1234
    memory.store("u32", 24, 99)
    assert array[6] == 99
    assert len(numpy.frombuffer(memory.buffer, dtype="<u4")) == 2 * len(array)
