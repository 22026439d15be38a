"""WASI commands as programs: ``main`` of generated modules, and processes that run one and end with its exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Callable, Optional

from ..abi import class_of
from ..errors import Trap
from ..exceptions import WasmException
from ..hosts import host_for
from ..linker import Linker
from ..traps import GENERATED
from .config import WasiConfig
from .host import Wasi
from .outcomes import ThreadDied, ThreadError, WriteLimitExceeded
from .streams import INHERIT

#: Exit codes of programs that did not choose theirs: of one that a shell sees aborted, and of one that was interrupted.
ABORTED, INTERRUPTED = 134, 130
#: How many functions a report names.
_CALLERS = 20


def main(module: Any, args: Optional[Sequence[str]] = None, linker: Optional[Linker] = None, **config: Any) -> int:
    """Run the command ``module`` in a new instance, and give its exit code, 0 to 4294967295.

    ``args`` are its arguments, the first of which is its name; ``config`` is what WasiConfig takes, but standard input
    is that of this process if nothing is said of it. A ``linker`` defines what else it imports; modules of ``emcc`` get
    their environment. Threads that it starts are threads of Python. Traps and other exceptions pass. Any number of
    calls may be made, also at the same time.

    Without ``args`` this process is the program: they are those of the process, a trap or an interrupt becomes a report
    and an exit code as in ``run_process``, and exit codes are cut to what the system takes.
    """
    config.setdefault("stdin", INHERIT)
    if args is not None:
        return _run(module, WasiConfig(args, **config), linker)
    configured = WasiConfig(sys.argv, **config)
    return run_process(configured, lambda: _run(module, configured, linker))


def _run(module: Any, config: WasiConfig, linker: Optional[Linker]) -> int:
    linker, wasi = linker if linker is not None else Linker(), Wasi(config)
    if not any((entry.module, entry.name) == ("wasi", "thread-spawn") for entry in class_of(module).IMPORTS):
        return host_for(module, linker, wasi).run(module, linker)
    from .threads import Threads

    return Threads(module, linker, wasi).run()


def run_process(config: WasiConfig, run: Callable[[], int]) -> int:
    """Run a command, by ``run``, as what this process is there for: the exit code of the process, 0 to 255.

    A trap, an exception of WebAssembly that nobody catches, the end of what may be written and the death of a thread
    are reported on stderr; the exit code is 134 then. After an interrupt it is 130.
    """
    try:
        code = run()
    except KeyboardInterrupt:
        return INTERRUPTED
    except (Trap, WasmException, WriteLimitExceeded, ThreadDied, ThreadError) as error:
        name = config.args[0] if config.args else "wasm"
        print("\n".join([f"{name}: {_what(error)}", *_callers(error)]), file=sys.stderr)
        return ABORTED
    return code & 0xFF


def _what(error: BaseException) -> str:
    if isinstance(error, Trap):
        return f"trap: {error}"
    if isinstance(error, WasmException):
        return f"exception that nothing caught: {error}"
    return f"stopped: {error}"


def _callers(error: BaseException) -> Iterator[str]:
    """A line for each function of WebAssembly that was running, the innermost first."""
    names = list(_functions(error.__traceback__))[::-1]
    for name in names[:_CALLERS]:
        yield f"    in {name}"
    if len(names) > _CALLERS:
        yield "    and so on"


def _functions(traceback: Optional[TracebackType]) -> Iterator[str]:
    """The names of the frames of generated code, the outermost first. (Some of the runtime's frames pass for such.)"""
    while traceback is not None:
        frame = traceback.tb_frame
        of_runtime = str(frame.f_globals.get("__name__")).startswith("wasm2py_runtime.")
        if GENERATED in frame.f_globals and not of_runtime and not frame.f_code.co_filename.startswith("<wasm2py"):
            yield frame.f_code.co_name
        traceback = traceback.tb_next
