"""A whole module in the compiler's shape (sample.py): instances, exports, state, traps."""

from __future__ import annotations

import gc
import math
import time
import traceback
import weakref
from typing import Any

import pytest

from wasm2py_runtime import (
    ExhaustionError,
    FuncType,
    Global,
    IndirectCallTypeMismatch,
    IntegerDivideByZero,
    IntegerOverflow,
    InternalError,
    LinkError,
    Memory,
    MemoryOutOfBounds,
    Trap,
    UndefinedElement,
    UninitializedElement,
    UnreachableTrap,
    abi,
    host_function,
)

from . import sample


def make(**imports: Any) -> Any:
    given: dict[str, Any] = {
        "env_log": lambda value: None,
        "env_memory": Memory(1, 4),
        "env_counter": Global("i32", 0, True),
        "env_base": 1,
    }
    return sample.Module(**{**given, **imports})


@pytest.fixture
def app() -> Any:
    return make()


def test_values_cross_the_boundary_signed(app: Any) -> None:
    exports = app.exports
    assert exports.fib(15) == 610
    assert exports.add(-1, -5) == -6
    assert exports.add((1 << 32) - 1, 1) == 0
    assert exports.add(1 << 31, 0) == -(1 << 31)
    assert exports.add((1 << 30) - 1, 1) == 1 << 30
    assert exports.add(True, 2) == 3
    assert exports.mixed(-1, 0.1, 2) == (2 + 0.10000000149011612, 0)
    assert exports.mixed((1 << 63) - 1, 1, 2)[1] == -(1 << 63)
    assert math.isnan(exports.mixed(0, math.nan, 0.0)[0])
    assert exports.store(8, -2) == -2
    assert exports.load(8) == -2


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ((1,), TypeError, r"add\(\) missing 1 required positional argument"),
        ((1, 2, 3), TypeError, r"add\(\) takes 2 positional arguments but 3 were given"),
        ((1.0, 2), TypeError, r"add\(\): argument 1 must be an int \(i32\), not float"),
        ((1, "2"), TypeError, r"add\(\): argument 2 must be an int \(i32\), not str"),
        ((None, 2), TypeError, r"add\(\): argument 1 must be an int \(i32\), not NoneType"),
        ((1 << 32, 2), OverflowError, r"add\(\): argument 1 is out of range for i32: 4294967296"),
        ((1, -(1 << 31) - 1), OverflowError, r"add\(\): argument 2 is out of range for i32: -2147483649"),
    ],
)
def test_wrong_arguments(app: Any, arguments: tuple[Any, ...], error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        app.exports.add(*arguments)


@pytest.mark.parametrize(
    "arguments", [("1", 2.0, 3.0), (1, "2", 3.0), (1, 2.0, b"3"), (1, 2.0, 1j), (1 << 64, 0.0, 0.0)]
)
def test_wrong_arguments_of_other_types(app: Any, arguments: tuple[Any, ...]) -> None:
    with pytest.raises((TypeError, OverflowError), match=r"mixed\(\): argument"):
        app.exports.mixed(*arguments)


def test_exports_by_name(app: Any) -> None:
    exports = app.exports
    assert exports.fib is exports["fib"] is app.exports.fib
    assert exports['"); import os #'] is exports.fib
    assert exports.fib.type == FuncType(("i32",), ("i32",))
    assert exports.fib.__name__ == "fib"
    assert list(exports) == [export.name for export in sample.Module.EXPORTS] == dir_in_order(exports)
    assert len(exports) == len(sample.Module.EXPORTS)
    assert "fib" in exports
    assert "nothing" not in exports
    assert "fib" in repr(exports)
    assert "fib" in repr(app)
    with pytest.raises(KeyError, match="nothing"):
        exports["nothing"]
    with pytest.raises(AttributeError, match="nothing"):
        exports.nothing  # noqa: B018


def dir_in_order(exports: Any) -> list[str]:
    names = list(exports)
    assert sorted(names) == dir(exports)
    return names


def test_exported_objects_are_attributes(app: Any) -> None:
    assert app.memory is app.exports.memory
    assert app.table is app.exports.table
    assert app.sp is app.exports.sp
    assert not hasattr(app, "fib")


def test_traps(app: Any) -> None:
    exports = app.exports
    cases = [
        (lambda: exports.load(65533), MemoryOutOfBounds),
        (lambda: exports.load(-1), MemoryOutOfBounds),
        (lambda: exports.store(65536, 0), MemoryOutOfBounds),
        (lambda: exports.indirect(0, 1), UninitializedElement),
        (lambda: exports.indirect(2, 1), IndirectCallTypeMismatch),
        (lambda: exports.indirect(4, 1), UndefinedElement),
        (lambda: exports.indirect(-1, 1), UndefinedElement),
        (lambda: exports.div_u(1, 0), IntegerDivideByZero),
        (lambda: exports.rotate(1, 0), IntegerDivideByZero),
        (lambda: exports.rotate(-(1 << 31), -1), IntegerOverflow),
        (lambda: exports.init(65532, 5), MemoryOutOfBounds),
        (lambda: exports.init(0, 6), MemoryOutOfBounds),
        (lambda: exports.fail(), UnreachableTrap),
        (lambda: exports.down(0), ExhaustionError),
    ]
    for operation, kind in cases:
        with pytest.raises(Trap) as caught:
            operation()
        assert type(caught.value) is kind
        assert str(caught.value) == kind.message


def test_a_trap_shows_where_it_came_from(app: Any) -> None:
    try:
        app.exports.load(-1)
    except Trap as trap:
        text = "".join(traceback.format_exception(type(trap), trap, trap.__traceback__))
    assert "return u32[address]" in text
    assert "IndexError" not in text


def test_a_bug_in_generated_code_says_so(app: Any) -> None:
    with pytest.raises(InternalError, match=r"bug in wasm2py.*TypeError"):
        app.exports.bug()


def test_state_is_shared_through_cells() -> None:
    memory, counter = Memory(1, 4), Global("i32", -2, True)
    one, two = make(env_memory=memory, env_counter=counter), make(env_memory=memory, env_counter=counter)
    assert (one.exports.bump(), two.exports.bump(), counter.value) == (-1, 0, 0)
    counter.value = 41
    assert one.exports.bump() == 42
    one.exports.store(100, 5)
    assert two.exports.load(100) == 5
    with pytest.raises(MemoryOutOfBounds):
        two.exports.load(65536)
    assert one.exports.grow(1) == 1
    assert two.exports.load(65536) == 0
    assert two.exports.grow(3) == -1
    assert (one.exports.frame(60), two.exports.frame(10)) == (66500, 66550)
    assert one.sp.value == 66500
    one.sp.value = -1
    assert one.exports.frame(0) == -1


def test_segments(app: Any) -> None:
    assert app.memory[16:22] == b"active"
    assert app.exports.init(0, 5) == 5
    assert app.memory[0:5] == b"hello"
    app.exports.drop()
    with pytest.raises(MemoryOutOfBounds):
        app.exports.init(0, 1)
    assert app.exports.init(0, 0) == 0


def test_tables_call_what_hosts_put_in(app: Any) -> None:
    assert app.table[1] is app.exports.fib
    assert app.exports.indirect(1, 10) == 55
    app.table[3] = host_function(sample.TYPES[0], lambda n: n * 3, "triple")
    assert app.exports.indirect(3, -5) == -15
    app.table[1] = None
    with pytest.raises(UninitializedElement):
        app.exports.indirect(1, 10)


def test_references_cross_the_boundary(app: Any) -> None:
    thing = object()
    assert app.exports.swap(app.exports.fib, thing) == (thing, app.exports.fib)
    assert app.exports.swap(None, None) == (None, None)
    for wrong in (len, 5, lambda: None):
        with pytest.raises(TypeError, match=r"swap\(\): argument 1 must be an exported WebAssembly function"):
            app.exports.swap(wrong, None)


def test_link_errors_list_everything_at_once() -> None:
    with pytest.raises(LinkError) as caught:
        make(env_log=3, env_memory=Memory(1), env_counter=Global("i32", 1), env_base=1.5)
    assert caught.value.problems == (
        "env.log: incompatible import type, expected func (i32) -> (), given a Python int (3)",
        "env.memory: incompatible import type, expected memory 1..4, given memory 1..: "
        "it has no maximum and one of at most 4 pages is needed; "
        'what fits is (import "env" "memory" (memory 1))',
        "env.counter: incompatible import type, expected global mut i32, given global i32",
        "env.base: incompatible import type, expected global i32, given a Python float (1.5)",
    )
    assert "4 imports do not link" in str(caught.value)


@pytest.mark.parametrize(
    "imports",
    [
        {"env_log": Memory(1)},
        {"env_log": None},
        {"env_memory": Memory(0, 4)},
        {"env_memory": Memory(1, 5)},
        {"env_memory": Memory(1, 4, shared=True)},
        {"env_memory": print},
        {"env_memory": bytearray(65536)},
        {"env_counter": 5},
        {"env_counter": Global("i64", 0, True)},
        {"env_base": Global("i32", 0, True)},
        {"env_base": Memory(1)},
        {"env_base": 1 << 32},
        {"env_base": "1"},
    ],
)
def test_wrong_imports(imports: dict[str, Any]) -> None:
    with pytest.raises(LinkError, match=r"1 import does not link\n.*incompatible import type") as caught:
        make(**imports)
    assert len(caught.value.problems) == 1


def test_unknown_and_missing_keywords_are_type_errors() -> None:
    with pytest.raises(TypeError, match="env_other"):
        make(env_other=1)
    with pytest.raises(TypeError, match="env_base"):
        sample.Module(env_log=print, env_memory=Memory(1), env_counter=Global("i32", 0, True))


def test_a_grown_memory_counts_with_its_size() -> None:
    memory = Memory(0, 4)
    memory.grow(1)
    assert make(env_memory=memory).memory is memory


def test_a_segment_that_does_not_fit_traps_after_the_writes_before_it() -> None:
    memory = Memory(1, 4)
    with pytest.raises(Trap, match="out of bounds table access"):
        make(env_memory=memory, env_base=3)
    assert not any(memory[:])


def test_an_exported_function_is_linked_without_a_shim(app: Any) -> None:
    class User(abi.Module):
        IMPORTS = (abi.Import("m_fib", "m", "fib", sample.TYPES[0]),)

        def __init__(self, *, m_fib: Any) -> None:
            linkage = abi.Linkage(self, {"__name__": "user"}, (m_fib,))
            self.raw = linkage.functions[0]
            linkage.export("fib", "func", 0)

    user = User(m_fib=app.exports.fib)
    assert user.raw is app.exports.fib.wasm_raw
    assert user.exports.fib is app.exports.fib
    with pytest.raises(LinkError, match=r"expected func \(i32\) -> \(i32\), given func \(i32, i32\) -> \(i32\)"):
        User(m_fib=app.exports.add)


def test_active_and_declared_segments_are_dropped() -> None:
    class Segments(abi.Module):
        def __init__(self) -> None:
            linkage = abi.Linkage(self, {}, ())
            linkage.define_memory(abi.MemoryType(1))
            linkage.define_table(abi.TableType("externref", 2))
            linkage.define_data(b"passive")
            linkage.define_data(b"active")
            linkage.define_elements("a", "b")
            linkage.define_elements("c")
            linkage.init_data(1, 0, 3)
            linkage.init_elements(0, 0, 0)
            linkage.drop_elements(1)
            self.segments = [linkage.cells[name].cell_contents for name in ("data0", "data1", "elem0", "elem1")]
            self.contents = linkage.memories[0][3:9], list(linkage.tables[0])

    made = Segments()
    assert made.segments == [b"passive", b"", (), ()]
    assert made.contents == (b"active", ["a", "b"])


def test_export_names_in_the_way() -> None:
    names = ["exports", "items", "__class__", "__dict__", "_Exports__raw", "\0", "", "class", "IMPORTS"]

    class Odd(abi.Module):
        def __init__(self) -> None:
            linkage = abi.Linkage(self, {}, ())
            for name in names:
                linkage.define_memory(abi.MemoryType(1))
                linkage.export(name, "memory", len(linkage.memories) - 1)
            self.memories = linkage.memories

    odd: Any = Odd()
    assert [odd.exports[name] for name in names] == odd.memories
    assert odd.exports.items is odd.memories[1]
    assert (odd.IMPORTS, type(odd)) == ((), Odd)
    assert list(odd.exports) == names


def test_an_empty_cell_is_an_internal_error() -> None:
    def holder(missing: Any) -> Any:
        def function() -> Any:
            return missing

        return function

    class Broken(abi.Module):
        def __init__(self) -> None:
            linkage = abi.Linkage(self, {}, ())
            linkage.define_functions([(holder, "function", 0)], [FuncType()])  # type: ignore[list-item]
            linkage.link()

    with pytest.raises(InternalError, match="nothing is bound to missing"):
        Broken()


def test_a_start_function_traps_like_an_export() -> None:
    class Start(abi.Module):
        def __init__(self, index: int) -> None:
            linkage = abi.Linkage(self, vars(sample), ())
            linkage.define_functions(((sample._14, "fail", 2), (sample._18, "bug", 5)), sample.TYPES)
            linkage.start(index)

    with pytest.raises(UnreachableTrap):
        Start(0)
    with pytest.raises(InternalError):
        Start(1)


def test_functions_keep_what_they_need_alive() -> None:
    app = make()
    gone = weakref.ref(app)
    load, store = app.exports.load, app.exports.store
    del app
    gc.collect()
    assert gone() is None
    store(65532, 77)
    assert load(65532) == 77
    with pytest.raises(MemoryOutOfBounds):
        load(65533)


def test_a_dropped_instance_is_collected() -> None:
    app = make()
    watched = [weakref.ref(app), weakref.ref(app.memory), weakref.ref(app.table), weakref.ref(app.exports.fib.wasm_raw)]
    del app
    gc.collect()
    assert [ref() for ref in watched] == [None] * 4


def test_instantiation_is_quick() -> None:
    make()
    best = 1.0
    for _ in range(5):
        start = time.process_time()
        Memory(256, 1024)
        make()
        best = min(best, time.process_time() - start)
    assert best < 0.01
