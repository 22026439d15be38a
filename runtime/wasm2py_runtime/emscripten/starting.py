"""How a guest begins: its constructors, and ``main``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .host import Emscripten

#: A program's stack and its arguments are aligned so.
_ALIGNMENT = 16


def initialise(host: Emscripten) -> None:
    """What has to be called once, before anything else: a program's ``_start`` does so itself."""
    if host.has("_start"):
        return
    for name in ("emscripten_stack_init", "__wasm_apply_data_relocs"):
        if host.has(name):
            host.entry(name, "v")()
    for name in ("_initialize", "__wasm_call_ctors"):
        if host.has(name):
            host.entry(name, "v")()
            return


def start(host: Emscripten, name: str) -> int:
    """Run a program: its exit code. TypeError if the module, which is called ``name``, is none."""
    if host.has("_start"):
        host.entry("_start", "v")()
        return 0
    for main in ("__main_argc_argv", "main", "__main_void"):
        if host.has(main):
            code = _call_main(host, main)
            _flush(host)
            return code & 0xFF
    raise TypeError(f"{name} is no program: it exports neither _start nor main")


def _call_main(host: Emscripten, name: str) -> int:
    """``int main(int argc, char **argv)``, or without parameters."""
    for signature in ("ipp", "iip"):
        if host.has_function(name, signature):
            arguments = [argument.encode("utf-8", "surrogateescape") for argument in host.wasi.config.args]
            return int(host.entry(name, signature)(len(arguments), _write_arguments(host, arguments)))
    return int(host.entry(name, "i")())


def _flush(host: Emscripten) -> None:
    """Write out what the C library still holds back, if the module lets the host ask for it."""
    if host.has_function("fflush", "ip"):
        host.entry("fflush", "ip")(0)


def _write_arguments(host: Emscripten, arguments: list[bytes]) -> int:
    """The strings on the guest's stack, and before them the array of pointers, which ends with null: its address."""
    guest = host.guest
    array = (len(arguments) + 1) * guest.pointer_size
    size = array + sum(len(argument) + 1 for argument in arguments)
    start = guest.address(host.entry("stackAlloc", "pp")(-(-size // _ALIGNMENT) * _ALIGNMENT))
    text = start + array
    for place, argument in enumerate(arguments):
        guest.write_pointer(start + place * guest.pointer_size, text)
        guest.view(text, len(argument) + 1)[:] = argument + b"\0"
        text += len(argument) + 1
    guest.write_pointer(start + array - guest.pointer_size, 0)
    return start
