"""PyPy's just-in-time compiler, set for generated code.

By default PyPy gives up traces of more than 6,000 operations, which long loop bodies have, and waits
long before it compiles anything. Instantiating the first module therefore sets the parameters below for the process;
``WASM2PY_JIT`` chooses others, in the syntax of ``pypy --jit``, and ``WASM2PY_JIT=default`` leaves them all alone.
"""

from __future__ import annotations

import os

#: Longer traces (16,383 is the most that PyPy takes), loops and side exits compiled sooner, recursion not unrolled.
PARAMETERS = "trace_limit=16000,threshold=400,function_threshold=600,trace_eagerness=50,max_unroll_recursion=1"

_tuned = False


def tune() -> None:
    """Set the parameters when first called; nothing later, so that others may change them. Only PyPy has any.

    Raises ValueError if WASM2PY_JIT is not something that PyPy takes.
    """
    global _tuned
    if _tuned:
        return
    _tuned = True
    try:
        from pypyjit import set_param  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return
    chosen = os.environ.get("WASM2PY_JIT") or PARAMETERS
    if chosen == "default":
        return
    try:
        set_param(chosen)
    except ValueError:
        raise ValueError(f"WASM2PY_JIT must be parameters as 'pypy --jit' takes them, not {chosen!r}") from None
