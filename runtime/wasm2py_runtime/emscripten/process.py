"""The end of a guest, and what it can ask about the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wasi import ProcExit
from .errno import ENOSYS
from .outcomes import Aborted
from .registry import env

if TYPE_CHECKING:
    from .host import Emscripten


@env("v", "_abort_js")
def abort(host: Emscripten) -> None:
    raise Aborted


@env("vppip")
def __assert_fail(host: Emscripten, condition: int, file: int, line: int, function: int) -> None:
    text = [host.guest.read_text(address) if address else "?" for address in (condition, file, function)]
    raise Aborted(f"assertion failed: {text[0]}, at {text[1]}:{line}, in {text[2]}")


@env("v")
def segfault(host: Emscripten) -> None:
    """What the checks of ``-sSAFE_HEAP`` have found."""
    raise Aborted("aborted: an access to memory that is not the guest's")


@env("v")
def alignfault(host: Emscripten) -> None:
    """What the checks of ``-sSAFE_HEAP`` have found."""
    raise Aborted("aborted: an access to memory that is not aligned")


@env("vp")
def __handle_stack_overflow(host: Emscripten, address: int) -> None:
    """What the checks of ``-sSTACK_OVERFLOW_CHECK`` have found."""
    raise Aborted(f"aborted: the guest's stack is exhausted, at address {address:#x}")


@env("vi", "_exit", "_Exit", "emscripten_force_exit")
def exit(host: Emscripten, code: int) -> None:
    raise ProcExit(code)


@env("v", "emscripten_runtime_keepalive_push", "emscripten_runtime_keepalive_pop")
def _emscripten_runtime_keepalive_clear(host: Emscripten) -> None:
    """The runtime lives until the host lets go of it."""


@env("ip")
def atexit(host: Emscripten, function: int) -> int:
    """As in Emscripten's default, where the runtime outlives ``main``: it is accepted, and not called."""
    return 0


@env("ippp", "__cxa_thread_atexit", "__cxa_thread_atexit_impl")
def __cxa_atexit(host: Emscripten, function: int, argument: int, library: int) -> int:
    """As for ``atexit``."""
    return 0


@env("ip", "_emscripten_system")
def system(host: Emscripten, command: int) -> int:
    """There is no shell."""
    return -ENOSYS if command else 0


@env("vpi")
def __call_sighandler(host: Emscripten, handler: int, signal: int) -> None:
    host.function_at(handler, "vi")(signal)


@env("i")
def emscripten_runtime_keepalive_check(host: Emscripten) -> int:
    return 0


@env("i")
def _emscripten_sanitizer_use_colors(host: Emscripten) -> int:
    return 0


@env("pp")
def _emscripten_sanitizer_get_option(host: Emscripten, name: int) -> int:
    """No options: an empty string that is the guest's to free."""
    text: int = host.export("malloc", "pp")(1)
    host.guest.write_integer(text, 1, 0)
    return text


@env("i", "emscripten_navigator_hardware_concurrency")
def emscripten_num_logical_cores(host: Emscripten) -> int:
    return 1


@env("iid")
def _setitimer_js(host: Emscripten, which: int, milliseconds: float) -> int:
    """Nothing can interrupt a guest."""
    return -ENOSYS


@env("vpi")
def _emscripten_get_progname(host: Emscripten, buffer: int, size: int) -> None:
    host.guest.write_text(buffer, (host.wasi.config.args or [""])[0], size)


@env("ipp")
def getentropy(host: Emscripten, buffer: int, size: int) -> int:
    room = host.guest.view(buffer, size)
    room[:] = host.wasi.config.random(size)
    return 0


@env("f")
def emscripten_random(host: Emscripten) -> float:
    """A number from 0 to less than 1."""
    return int.from_bytes(host.wasi.config.random(3), "little") / (1 << 24)


# Call stacks are for people: the traceback of Python shows them. -----------------------------------------------------


@env("ipp")
def _Unwind_Backtrace(host: Emscripten, visit: int, argument: int) -> int:
    """There is nothing to visit: ``_URC_END_OF_STACK``."""
    return 5


@env("vp")
def _Unwind_DeleteException(host: Emscripten, exception: int) -> None:
    host.exceptions.decrement(exception)


@env("pp")
def _Unwind_FindEnclosingFunction(host: Emscripten, address: int) -> int:
    return 0


@env("ppp")
def _Unwind_GetIPInfo(host: Emscripten, context: int, before: int) -> int:
    return 0


@env("p")
def emscripten_stack_snapshot(host: Emscripten) -> int:
    return 0


@env("ippi")
def emscripten_stack_unwind_buffer(host: Emscripten, address: int, buffer: int, depth: int) -> int:
    return 0


@env("pi", "emscripten_pc_get_function", "emscripten_pc_get_file")
def emscripten_return_address(host: Emscripten, level: int) -> int:
    return 0


@env("ip", "emscripten_pc_get_column")
def emscripten_pc_get_line(host: Emscripten, address: int) -> int:
    return 0
