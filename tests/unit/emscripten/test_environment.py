"""Functions of the environment other than exceptions and files: types, memory, time, console, the end."""

from __future__ import annotations

import math
import struct
from datetime import timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support import wat
from wasm2py_runtime import ExhaustionError, Linker, LinkError, Memory, MemoryOutOfBounds
from wasm2py_runtime.emscripten import Aborted, Emscripten
from wasm2py_runtime.wasi import ProcExit, WasiConfig

from .reexporting import Guest, reexporting

BERLIN = ZoneInfo("Europe/Berlin")


def fixed(**options: Any) -> WasiConfig:
    return WasiConfig.deterministic(["prog", "ä"], start=1_700_000_000_000_000_000, step=0, **options)


# Types ----------------------------------------------------------------------------------------------------------------


def test_versions_differ_in_whether_there_is_a_result() -> None:
    new = Guest(Emscripten(), emscripten_memcpy_js="vppp")
    old = Guest(Emscripten(), emscripten_memcpy_js="pppp")
    for guest in (new, old):
        guest.memory.write(100, b"abc")
    assert new.emscripten_memcpy_js(200, 100, 3) is None
    assert old.emscripten_memcpy_js(200, 100, 3) == 200
    assert new.memory[200:203] == old.memory[200:203] == b"abc"
    with pytest.raises(MemoryOutOfBounds):
        new.emscripten_memcpy_js(2 * 65536 - 2, 100, 3)


def test_an_i64_may_be_split() -> None:
    whole = Guest(Emscripten(), _gmtime_js="ijp", _timegm_js="jp")
    split = Guest(Emscripten(), _gmtime_js="iiip", _timegm_js="ip", getTempRet0="i")
    time = -5_000_000_000
    assert whole._gmtime_js(time, 64) == split._gmtime_js(time & 0xFFFFFFFF, time >> 32 & 0xFFFFFFFF, 64) == 0
    assert whole.memory[64:108] == split.memory[64:108]
    assert whole._timegm_js(64) == time
    assert (split._timegm_js(64) & 0xFFFFFFFF, split.getTempRet0()) == (time & 0xFFFFFFFF, time >> 32)


def test_seeking_takes_a_split_offset(tmp_path: Any) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    host = Emscripten(WasiConfig(directories={"/": tmp_path}))
    linker = Linker()
    host.define(linker)
    module = reexporting("wasi_snapshot_preview1", fd_seek="iiiiip", path_open="iiippijjip")
    instance = host.instantiate(module, linker)
    instance.memory.write(0, b"file")
    assert instance.exports.path_open(3, 0, 0, 4, 0, 6, 0, 0, 100) == 0
    descriptor = instance.memory.load("u32", 100)
    assert instance.exports.fd_seek(descriptor, 4, 0, 0, 200) == 0
    assert instance.exports.fd_seek(descriptor, -3, -1, 1, 200) == 0
    assert instance.memory.load("u64", 200) == 1
    assert instance.exports.fd_seek(99, 0, 0, 0, 200) == 8  # EBADF


@pytest.mark.parametrize("signature", ["vi", "ii", "vd", "vddd"])
def test_another_type_does_not_link(signature: str) -> None:
    with pytest.raises(LinkError, match=r"env.emscripten_memcpy_js: incompatible import type"):
        Guest(Emscripten(), emscripten_memcpy_js=signature)


# What there is not ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "name", "reason"),
    [
        ("env", "_embind_register_class", "embind is not supported"),
        ("env", "_emval_incref", "embind is not supported"),
        ("env", "emscripten_asm_const_int", "it runs JavaScript"),
        ("env", "glDrawArrays", "part of the browser"),
        ("env", "__pthread_create_js", "pthreads are not supported"),
        ("env", "my_library", "define it in the linker"),
        ("a", "b", "imports are minified"),
        ("other", "name", "unknown import, expected func"),
    ],
)
def test_what_is_refused_says_why(module: str, name: str, reason: str) -> None:
    with pytest.raises(LinkError, match=f"{module}.{name}: unknown import.*{reason}|{reason}"):
        Emscripten().instantiate(reexporting(module, **{name: "vi"}))


def test_what_the_linker_defines_is_preferred() -> None:
    linker = Linker()
    linker.define("env", "abort", lambda: 7)
    instance = Emscripten().instantiate(reexporting(abort="i"), linker)
    assert instance.exports.abort() == 7


def test_a_system_call_that_there_is_not_is_an_error_of_the_guest() -> None:
    guest = Guest(Emscripten(), __syscall_socket="iiiiiii", __syscall_unheard_of="id")
    assert guest.instance.exports["__syscall_socket"](1, 2, 3, 4, 5, 6) == -52
    assert guest.instance.exports["__syscall_unheard_of"](0.5) == -52


def test_an_imported_memory_and_table_are_made() -> None:
    module = wat.load(
        """(module (import "env" "memory" (memory 2 8)) (import "env" "__indirect_function_table" (table 3 funcref))
        (import "env" "emscripten_resize_heap" (func $resize (param i32) (result i32)))
        (func (export "resize") (param i32) (result i32) (call $resize (local.get 0)))
        (func (export "size") (result i32) memory.size))"""
    )
    host = Emscripten()
    exports: Any = host.instantiate(module).exports
    assert exports.resize(3 * 65536 + 1) == 1
    assert exports.size() == 4
    assert exports.resize(9 * 65536) == 0
    assert len(host.table) == 3
    given = Memory(2, 8)
    linker = Linker()
    linker.define("env", "memory", given)
    host = Emscripten()
    host.define(linker)
    assert host.instantiate(module, linker).exports.resize(5 * 65536) == 1
    assert given.size == 5


def test_a_guest_has_to_be_attached() -> None:
    host, linker = Emscripten(), Linker()
    host.define(linker)
    instance = linker.instantiate(reexporting(emscripten_get_heap_max="p", emscripten_get_heap_size="p"))
    with pytest.raises(RuntimeError, match=r"host\.attach\(instance\)"):
        instance.exports.emscripten_get_heap_max()
    host.attach(instance)
    assert instance.exports.emscripten_get_heap_max() == 4 * 65536
    assert instance.exports.emscripten_get_heap_size() == 2 * 65536


# Time -----------------------------------------------------------------------------------------------------------------


def test_clocks_are_those_of_the_configuration() -> None:
    guest = Guest(
        Emscripten(fixed()), emscripten_date_now="d", _emscripten_get_now_is_monotonic="i", emscripten_random="f"
    )
    assert guest.emscripten_date_now() == 1_700_000_000_000.0
    assert guest._emscripten_get_now_is_monotonic() == 1
    again = Guest(Emscripten(fixed()), emscripten_random="f")
    first = guest.emscripten_random()
    assert 0 <= first < 1
    assert first == again.emscripten_random()


def fields(guest: Guest, address: int) -> tuple[int, ...]:
    return struct.unpack("<10i", guest.memory.read(address, 40))


@pytest.mark.parametrize(
    ("zone", "time", "expected"),
    [
        (timezone.utc, 0, (0, 0, 0, 1, 0, 70, 4, 0, 0, 0)),
        (timezone.utc, 951_782_400, (0, 0, 0, 29, 1, 100, 2, 59, 0, 0)),
        (BERLIN, 1_720_000_000, (40, 46, 11, 3, 6, 124, 3, 184, 1, 7200)),
        (BERLIN, 1_700_000_000, (20, 13, 23, 14, 10, 123, 2, 317, 0, 3600)),
        (timezone(-timedelta(hours=3.5)), -1, (59, 29, 20, 31, 11, 69, 3, 364, 0, -12600)),
    ],
)
def test_local_time(zone: tzinfo, time: int, expected: tuple[int, ...]) -> None:
    guest = Guest(Emscripten(timezone=zone), _localtime_js="ijp", _mktime_js="jp")
    assert guest._localtime_js(time, 64) == 0
    assert fields(guest, 64) == expected
    assert guest._mktime_js(64) == time


def test_times_beyond_the_calendar() -> None:
    guest = Guest(Emscripten(), _gmtime_js="ijp", _mktime_js="jp")
    assert guest._gmtime_js(2**60, 64) == 61  # EOVERFLOW
    guest.memory.write(64, struct.pack("<9i", 0, 0, 0, 1, 0, 2**31 - 1, 0, 0, 0))
    assert guest._mktime_js(64) == -1


@pytest.mark.parametrize(("is_dst", "expected"), [(1, 1_729_989_000), (0, 1_729_992_600), (-1, 1_729_989_000)])
def test_an_hour_that_there_is_twice(is_dst: int, expected: int) -> None:
    guest = Guest(Emscripten(timezone=BERLIN), _mktime_js="jp")
    guest.memory.write(64, struct.pack("<9i", 0, 30, 2, 27, 9, 124, 0, 0, is_dst))
    assert guest._mktime_js(64) == expected


def test_fields_out_of_range_are_brought_into_it() -> None:
    guest = Guest(Emscripten(), _mktime_js="jp")
    guest.memory.write(64, struct.pack("<9i", 61, -1, 25, 0, 14, 123, 0, 0, 0))
    time = guest._mktime_js(64)
    assert fields(guest, 64)[:6] == (1, 0, 1, 1, 2, 124)
    assert time == 1_709_254_801


@pytest.mark.parametrize("signature", ["vpppp", "vppp"])
def test_names_of_the_time_zone(signature: str) -> None:
    guest = Guest(Emscripten(fixed(), timezone=BERLIN), _tzset_js=signature)
    guest._tzset_js(*(64, 68, 72, 96)[: len(signature) - 1])
    assert guest.memory.load("i32", 64) == -3600
    assert guest.memory.load("i32", 68) == 1
    names = (72, 96) if signature == "vpppp" else struct.unpack("<2I", guest.memory.read(72, 8))
    assert [guest.memory.read_string(name) for name in names] == ["CET", "CEST"]


@pytest.mark.parametrize("day", [(2024, 2, 29), (2021, 1, 3), (2018, 12, 31), (2020, 12, 27), (1999, 9, 5)])
def test_strftime_as_python_has_it(day: tuple[int, int, int]) -> None:
    from datetime import datetime

    date = datetime(*day, 15, 4, 5, tzinfo=timezone.utc)
    pattern = "%a %A %b %B %d %H %I %j %m %M %p %S %U %w %W %y %Y %% %G %V %u %F %T %D %R %e %h %C %g %s %q"
    guest = Guest(Emscripten(), strftime="ppppp", _gmtime_js="ijp")
    assert guest._gmtime_js(int(date.timestamp()), 64) == 0
    count = guest.strftime(512, 300, guest.text(pattern), 64)
    plain = date.strftime("%a %A %b %B %d %H %I %j %m %M %p %S %U %w %W %y %Y %% %G %V %u %Y-%m-%d %H:%M:%S %m/%d/%y")
    year, week = date.isocalendar()[:2]
    more = f"{date:%H:%M} {date.day:2} {date:%b} {date.year // 100} {year % 100:02} {int(date.timestamp())} %q"
    assert guest.memory.read_string(512) == f"{plain} {more}"
    assert week == int(plain.split()[19])
    assert count == len(guest.memory.read_string(512))
    assert guest.strftime(512, count, guest.text(pattern), 64) == 0


def test_strftime_of_anything() -> None:
    guest = Guest(Emscripten(), strftime="ppppp")
    guest.memory.write(64, struct.pack("<10i", *[-(2**31)] * 10))
    assert guest.strftime(512, 300, guest.text("%b %B %a %c %V %G %s %Ey %Od %E %"), 64) > 0


@pytest.mark.parametrize(
    ("text", "pattern", "expected", "rest"),
    [
        ("2024-02-29 13:05:09 tail", "%Y-%m-%d %H:%M:%S", (9, 5, 13, 29, 1, 124, 4, 59), " tail"),
        ("2024-02-29T13:05:09", "%FT%T", (9, 5, 13, 29, 1, 124, 4, 59), ""),
        ("Thu, 29 february 24 01:05 pm", "%a, %d %B %y %I:%M %p", (0, 5, 13, 29, 1, 124, 4, 59), ""),
        ("  7/ 4/69", "%D", (0, 0, 0, 4, 6, 69, 5, 184), ""),
        ("19 99 100%", "%C %y %j%%", (0, 0, 0, 0, 0, 99, 0, 99), ""),
        ("12:30 AM", "%r", None, None),
        ("2023-02-29", "%F", None, None),
        ("25:00", "%H:%M", None, None),
        ("x", "%Q", None, None),
        ("", "%d", None, None),
    ],
)
def test_strptime(text: str, pattern: str, expected: tuple[int, ...] | None, rest: str | None) -> None:
    guest = Guest(Emscripten(), strptime="pppp")
    start = guest.text(text)
    end = guest.strptime(start, guest.text(pattern), 64)
    if expected is None:
        assert end == 0
    else:
        assert struct.unpack("<8i", guest.memory.read(64, 32)) == expected
        assert guest.memory.read_string(end) == rest


def test_strptime_of_an_offset() -> None:
    guest = Guest(Emscripten(), strptime="pppp")
    for text, east in (("+0130", 5400), ("-05:00", -18000), ("Z", 0), ("+02", 7200)):
        assert guest.strptime(guest.text(text), guest.text("%z"), 64) > 0
        assert guest.memory.load("i32", 64 + 36) == east


def test_mathematics_of_javascript() -> None:
    unary = {f"emscripten_math_{name}": "dd" for name in ("log", "sqrt", "sinh", "cbrt", "round", "sign", "atanh")}
    guest = Guest(
        Emscripten(fixed()), **unary, emscripten_math_pow="ddd", emscripten_math_fmod="ddd", emscripten_math_random="d",
        emscripten_math_hypot="dip",
    )  # fmt: skip
    inf, nan = math.inf, math.nan
    for name, value, expected in (
        ("log", 0.0, -inf), ("log", -1.0, nan), ("sqrt", -1.0, nan), ("sinh", -1e9, -inf), ("cbrt", -27.0, -3.0),
        ("cbrt", 0.001, 0.1), ("round", 2.5, 3.0), ("round", -2.5, -2.0), ("round", -0.4, -0.0), ("atanh", 1.0, inf),
        ("round", 0.49999999999999994, 0.0), ("sign", -7.0, -1.0), ("sign", -0.0, -0.0), ("round", inf, inf),
    ):  # fmt: skip
        found = getattr(guest, f"emscripten_math_{name}")(value)
        assert struct.pack("<d", found) == struct.pack("<d", expected), (name, value, found)
    assert math.isnan(guest.emscripten_math_pow(1.0, inf))
    assert guest.emscripten_math_pow(0.0, -1.0) == inf
    assert guest.emscripten_math_pow(-10.0, 309.0) == -inf
    assert math.isnan(guest.emscripten_math_fmod(inf, 2.0))
    assert 0 <= guest.emscripten_math_random() < 1
    guest.memory.write(64, struct.pack("<2d", 3.0, 4.0))
    assert guest.emscripten_math_hypot(2, 64) == 5.0


# Console, arguments, the end ------------------------------------------------------------------------------------------


def test_console() -> None:
    out, err = bytearray(), bytearray()
    host = Emscripten(WasiConfig(stdout=out, stderr=err))
    guest = Guest(
        host, emscripten_console_log="vp", emscripten_errn="vpp", _emscripten_log_formatted="vip", emscripten_out="vp"
    )
    guest.emscripten_console_log(guest.text("hällo"))
    guest.emscripten_errn(guest.text("abcdef"), 3)
    guest._emscripten_log_formatted(4, guest.text("bad"))
    guest._emscripten_log_formatted(1, guest.text("good"))
    assert (out.decode(), err.decode()) == ("hällo\ngood\n", "abc\nbad\n")
    host.close()
    guest.emscripten_out(guest.text("lost"))


def test_the_end() -> None:
    guest = Guest(Emscripten(), abort="v", __assert_fail="vppip", exit="vi", system="ip")
    with pytest.raises(Aborted, match=r"^aborted$"):
        guest.abort()
    condition, file, function = guest.text("x > 0"), guest.text("a.c"), guest.text("f")
    with pytest.raises(Aborted, match=r"^assertion failed: x > 0, at a\.c:12, in f$"):
        guest.instance.exports["__assert_fail"](condition, file, 12, function)
    with pytest.raises(ProcExit) as end:
        guest.exit(3)
    assert end.value.code == 3
    assert guest.system(0) == 0
    assert guest.system(guest.text("ls")) == -52


MAIN = """(module (memory (export "memory") 1) (global $sp (mut i32) (i32.const 60000))
  (global $ready (mut i32) (i32.const 0))
  (func (export "_emscripten_stack_alloc") (param i32) (result i32)
    (global.set $sp (i32.sub (global.get $sp) (local.get 0))) (global.get $sp))
  (func (export "__wasm_call_ctors") (global.set $ready (i32.const 5)))
  (func (export "main") (param i32 i32) (result i32)
    (i32.add (i32.mul (local.get 0) (i32.const 10))
      (i32.add (global.get $ready) (i32.load8_u (i32.load offset=4 (local.get 1)))))))"""


def test_a_program_is_run() -> None:
    assert Emscripten(WasiConfig(["prog", "\x01b"])).run(wat.load(MAIN)) == 26
    with pytest.raises(TypeError, match="is no program"):
        Emscripten().run(wat.load("(module)"))
    assert Emscripten().run(wat.load('(module (func (export "_start")))')) == 0


def test_traps_at_the_start_are_traps() -> None:
    outside = '(module (memory (export "memory") 1) (func (export "{}") (drop (i32.load (i32.const -1)))))'
    for name in ("__wasm_call_ctors", "_initialize"):
        with pytest.raises(MemoryOutOfBounds):
            Emscripten().instantiate(wat.load(outside.format(name)))
    with pytest.raises(MemoryOutOfBounds):
        Emscripten().run(wat.load(outside.format("_start")))
    endless = wat.load('(module (func $f (export "main") (result i32) (i32.add (call $f) (i32.const 1))))')
    with pytest.raises(ExhaustionError):
        Emscripten().run(endless)


def test_addresses_of_64_bits() -> None:
    module = wat.load(
        """(module (import "env" "emscripten_memcpy_js" (func $copy (param i64 i64 i64)))
        (import "env" "__syscall_getcwd" (func $getcwd (param i64 i64) (result i32)))
        (import "env" "_tzset_js" (func $tzset (param i64 i64 i64 i64)))
        (memory (export "memory") i64 1)
        (func (export "copy") (param i64 i64 i64) (call $copy (local.get 0) (local.get 1) (local.get 2)))
        (func (export "getcwd") (param i64 i64) (result i32) (call $getcwd (local.get 0) (local.get 1)))
        (func (export "tzset") (call $tzset (i64.const 64) (i64.const 72) (i64.const 80) (i64.const 100))))"""
    )
    instance = Emscripten(timezone=BERLIN).instantiate(module)
    assert instance.exports.getcwd(1000, 2) == 2
    instance.exports.copy(2000, 1000, 2)
    assert instance.memory[2000:2002] == b"/\0"
    with pytest.raises(MemoryOutOfBounds):
        instance.exports.copy(2**40, 1000, 2)
    assert instance.exports.getcwd(-1, 2) == -21  # EFAULT
    instance.exports.tzset()
    assert instance.memory.load("i64", 64) == -3600


def test_what_a_program_holds_back_is_written_at_its_end() -> None:
    flushed: list[int] = []
    linker = Linker()
    linker.define("test", "flushed", lambda: flushed.append(1))
    module = wat.load(
        """(module (import "test" "flushed" (func $flushed)) (memory (export "memory") 1)
        (func (export "fflush") (param i32) (result i32) (call $flushed) (i32.const 0))
        (func (export "main") (result i32) (i32.const 3)))"""
    )
    assert Emscripten().run(module, linker) == 3
    assert flushed == [1]


def test_constants_of_embind() -> None:
    host = Emscripten()
    guest = Guest(host, _embind_register_constant="vppd", _embind_register_bigint="vpppiiii")
    guest._embind_register_bigint(1, 2, 8, 0, 0, 0, 0)
    guest._embind_register_constant(guest.text("WIDTH"), 1, 640.0)
    assert host.constants == {"WIDTH": 640.0}
