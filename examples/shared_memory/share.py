"""One memory and several modules: who makes it, who imports it, and what happens if the two do not fit.

    python share.py [as-written | provider | constructor | linker | threads]

Without an argument, all of these. The modules are compiled at the first run and come from the cache after that.
"""

import sys
from pathlib import Path
from threading import Thread

import wasm2py
from wasm2py_runtime import Linker, LinkError, Memory

HERE = Path(__file__).parent
env, main, main_as_written = (wasm2py.load(HERE / f"{name}.wasm") for name in ("env", "main", "main_as_written"))


def as_written() -> None:
    """The import wants 1024 pages that are not shared; the provider has 102 that are."""
    linker = Linker()
    linker.instantiate(env, name="env")
    try:
        linker.instantiate(main_as_written)
    except LinkError as error:
        print(error)


def provider() -> None:
    """First the provider, under the name that the importer uses. How large its memory is, is a parameter."""
    linker = Linker()
    made = linker.instantiate(env, name="env", memories={0: (1024, 65536)})
    app = linker.instantiate(main)
    print("sum", app.exports.run(1000))
    print("Python reads", made.memory.load("u32", 12), "and sees", made.memory.size, "pages")
    app.exports.grow(2)
    print("after growth", made.memory.size)


def constructor() -> None:
    """Without a provider: each import is an argument of the constructor."""
    memory = Memory(1024, 65536, shared=True)
    app = main.Module(env_memory=memory)
    print("sum", app.exports.run(1000), "third square", memory.load("u32", 12))


def linker() -> None:
    """The same by name; the same memory in two instances."""
    names = Linker()
    names.define("env", "memory", Memory(1024, 65536, shared=True))
    one, other = names.instantiate(main), names.instantiate(main)
    print("visits", one.exports.visit(), other.exports.visit(), one.exports.visit())


def threads() -> None:
    """An instance for each thread, one memory for all."""
    memory = Memory(1024, 65536, shared=True)

    def visit() -> None:
        app = main.Module(env_memory=memory)
        for _ in range(1000):
            app.exports.visit()

    crowd = [Thread(target=visit) for _ in range(8)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    print("visits", memory.load("u32", 0x100000))


STEPS = {"as-written": as_written, "provider": provider, "constructor": constructor, "linker": linker}
STEPS["threads"] = threads

if __name__ == "__main__":
    for name in sys.argv[1:] or STEPS:
        print(f"== {name}")
        STEPS[name]()
