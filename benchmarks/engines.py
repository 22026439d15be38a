"""Which engines can be compared, and on which Python each runs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Engine:
    """An engine as the commands speak of it; what it does is in ``adapters``."""

    key: str
    title: str
    #: what its adapter is given: a WebAssembly file, the Python that was made from it, or the hand-written Python
    takes: Literal["wasm", "generated", "twin"] = "wasm"
    #: what to say where it cannot be had
    needs: str = ""
    #: hundreds of times slower than others: it does smaller work
    slow: bool = False
    #: whether it has a host for the drivers of the real-world tasks
    tasks: bool = False
    #: the interpreter to look for where none is given; "" is the one that runs the command
    interpreter: str = ""


ENGINES = (
    Engine("handwritten", "hand-written", takes="twin"),
    Engine("O0", "wasm2py -O0", tasks=True, needs="Python 3.11+ with wasm2py's dependencies"),
    Engine("O1", "wasm2py -O1", tasks=True, needs="Python 3.11+ with wasm2py's dependencies"),
    Engine("O2", "wasm2py -O2", tasks=True, needs="Python 3.11+ with wasm2py's dependencies"),
    Engine("pypy", "-O2 on PyPy", takes="generated", needs="PyPy 3.9+", interpreter="pypy3"),
    Engine("ppci", "ppci", needs="Python up to 3.12 with ppci==0.5.8", slow=True),
    Engine("pywasm", "pywasm", needs="Python 3.12+ with pywasm==2.2.3", slow=True),
    Engine("wasmtime", "wasmtime", needs="Python 3.9+ with wasmtime", tasks=True),
)

BY_KEY = {engine.key: engine for engine in ENGINES}


@dataclass(frozen=True)
class Interpreters:
    """The Python for each engine, from ``PATH`` (for all) and ``ENGINE=PATH``."""

    given: tuple[str, ...] = ()

    def path(self, engine: Engine) -> str | None:
        """The interpreter for an engine; None where it wants one that is not found."""
        named = dict(_named(self.given))
        return named.get(engine.key) or (
            shutil.which(engine.interpreter) if engine.interpreter else named.get("", sys.executable)
        )


def _named(given: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [entry.split("=", 1) if "=" in entry else ["", entry] for entry in given]
    for key, _ in pairs:
        if key and key not in BY_KEY:
            raise ValueError(f"no engine {key!r} (known: {', '.join(BY_KEY)})")
    return [(key, path) for key, path in pairs]
