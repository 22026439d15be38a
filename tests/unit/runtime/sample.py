"""A module in the shape that the compiler writes, by hand: it uses every service of the runtime once."""

from wasm2py_runtime import abi
from wasm2py_runtime.numeric import i32_div_s, i32_rotl, unreachable

__wasm2py__ = 1

TYPES = (
    abi.FuncType(("i32",), ("i32",)),
    abi.FuncType(("i32", "i32"), ("i32",)),
    abi.FuncType((), ()),
    abi.FuncType(("i32",), ()),
    abi.FuncType(("i64", "f32", "f64"), ("f64", "i64")),
    abi.FuncType((), ("i32",)),
    abi.FuncType(("funcref", "externref"), ("externref", "funcref")),
)


def _1(fib):
    def fib(n):
        if n < 2:
            return n
        return (fib(n - 1) + fib(n - 2)) & 0xFFFFFFFF

    return fib


def _2():
    def add(a, b):
        return (a + b) & 0xFFFFFFFF

    return add


def _3(u32):
    def load(address):
        return u32[address]

    return load


def _4(u32):
    def store(address, value):
        u32[address] = value
        return value

    return store


def _5(calls0_0):
    def indirect(index, argument):
        return calls0_0[index](argument)

    return indirect


def _6(log):
    def call_log(value):
        log(value)

    return call_log


def _7(down):
    def down(n):
        return down((n + 1) & 0xFFFFFFFF)

    return down


def _8():
    def div_u(a, b):
        return a // b

    return div_u


def _9(sp):
    def frame(size):
        nonlocal sp
        sp = (sp - size) & 0xFFFFFFFF
        return sp

    return frame


def _10(memory0):
    def grow(pages):
        return memory0.grow(pages) & 0xFFFFFFFF

    return grow


def _11():
    def mixed(a, b, c):
        return b + c, (a + 1) & 0xFFFFFFFFFFFFFFFF

    return mixed


def _12(memory0, data0):
    def init(destination, count):
        memory0.init(destination, data0, 0, count)
        return count

    return init


def _13(data0):
    def drop():
        nonlocal data0
        data0 = b""

    return drop


def _14():
    def fail():
        raise unreachable()

    return fail


def _15(counter):
    def bump():
        nonlocal counter
        counter = (counter + 1) & 0xFFFFFFFF
        return counter

    return bump


def _16():
    def swap(a, b):
        return b, a

    return swap


def _17():
    def rotate(a, b):
        return i32_rotl(i32_div_s(a, b), 1)

    return rotate


def _18():
    def bug():
        return None + 1

    return bug


FUNCTIONS = (
    (_1, "fib", 0), (_2, "add", 1), (_3, "load", 0), (_4, "store", 1), (_5, "indirect", 1), (_6, "call_log", 3),
    (_7, "down", 0), (_8, "div_u", 1), (_9, "frame", 0), (_10, "grow", 0), (_11, "mixed", 4), (_12, "init", 1),
    (_13, "drop", 2), (_14, "fail", 2), (_15, "bump", 5), (_16, "swap", 6), (_17, "rotate", 1), (_18, "bug", 5),
)  # fmt: skip


class Module(abi.Module):
    """WebAssembly module sample."""

    IMPORTS = (
        abi.Import("env_log", "env", "log", TYPES[3]),
        abi.Import("env_memory", "env", "memory", abi.MemoryType(1, 4)),
        abi.Import("env_counter", "env", "counter", abi.GlobalType("i32", True)),
        abi.Import("env_base", "env", "base", abi.GlobalType("i32", False)),
    )
    EXPORTS = (
        *(abi.Export(name, TYPES[kind]) for _, name, kind in FUNCTIONS),
        abi.Export("memory", abi.MemoryType(1, 4)),
        abi.Export("table", abi.TableType("funcref", 4, 4)),
        abi.Export("sp", abi.GlobalType("i32", True)),
        abi.Export('"); import os #', TYPES[0]),
    )

    def __init__(self, *, env_log, env_memory, env_counter, env_base):
        m = abi.Linkage(self, globals(), (env_log, env_memory, env_counter, env_base))
        m.bind_functions("log")
        m.define_functions(FUNCTIONS, TYPES)
        m.define_table(abi.TableType("funcref", 4, 4))
        m.bind_views(0, "u8", "u32")
        m.bind_globals("counter", "base")
        m.define_global("sp", abi.GlobalType("i32", True), 66560)
        m.bind_calls("calls0_0", 0, TYPES[0])
        m.define_elements(m.functions[1], m.functions[2])
        m.define_data(b"hello")
        m.define_data(b"active")
        m.link()
        for index, (_, name, _) in enumerate(FUNCTIONS, 1):
            m.export(name, "func", index)
        m.export("memory", "memory", 0)
        m.export("table", "table", 0)
        m.export("sp", "global", 2)
        m.export('"); import os #', "func", 1)
        m.init_elements(segment=0, table=0, offset=m.globals[1].cell.cell_contents)
        m.init_data(segment=1, memory=0, offset=16)
