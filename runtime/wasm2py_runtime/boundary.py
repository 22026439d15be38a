"""Where host and WebAssembly meet: export wrappers, and shims around host functions (spec §4.5 "Invocation").

A *raw* function takes and gives canonical values and carries its type as ``wasm_type``. Hosts never see it: they get
its *exported function*, a wrapper that is made once (``raw.wasm_export``) and knows its ``.type`` and ``.wasm_raw``.
A host callable becomes a raw function through a shim.

Wrappers and shims are compiled from a few lines of source for each signature, so that no call pays for ``*args``.
"""

from __future__ import annotations

import time
from types import FunctionType, MethodType
from typing import Any, Callable, Optional

from . import room, stack, values
from .crossing import export_source, shim_source
from .errors import ExhaustionError
from .float_bits import f32_round
from .matching import hierarchy
from .traps import BOUNDARY, EXPORT_WRAPPER, translate
from .types import FuncType, ValueType

#: A raw function: positional canonical values in, None, a value or a tuple out; with the attribute ``wasm_type``.
RawFunction = Any
HostCallable = Callable[..., Any]

#: The flags of code that takes ``*args`` or ``**kwargs``. (The module ``inspect`` has them, and takes 15 ms to import.)
_CO_VARIADIC = 0x04 | 0x08


def _compile(source: str, kind: str, type: FuncType) -> Any:
    """The ``make`` of a template, with the helpers of the boundary as its globals."""
    start = EXPORT_WRAPPER if kind.endswith("export") else f"<wasm2py {kind} of"
    code = compile(source, f"{start} {type}>", "exec")
    namespace = {**_HELPERS, "types": (*type.params, *type.results)}
    if any(kind not in values.CONVERTERS for kind in namespace["types"]):
        from . import references

        namespace["as_ref"], namespace["externalised"] = references.as_ref, references.externalised
    exec(code, namespace)
    return namespace["make"]


def _maker(type: FuncType, kind: str) -> Any:
    """The maker of wrappers (``"export"``, ``"nesting export"``) or shims (``"shim"``, ``"counted shim"``) of a type.

    Compiled once.
    """
    make = type.makers.get(kind)
    if make is None:
        make = type.makers[kind] = _compile(_SOURCES[kind](type), kind, type)
    return make


def exported(raw: RawFunction) -> Any:
    """The exported function of a raw function, made when first asked for; None for the null reference.

    Messages call it by the name under which it was first exported (``raw.wasm_name``), or else by its own.
    """
    if raw is None:
        return None
    try:
        return raw.wasm_export
    except AttributeError:
        pass
    name = getattr(raw, "wasm_name", raw.__name__)
    kind = "nesting export" if hasattr(raw, "wasm_pace") else "export"
    wrapper = _maker(raw.wasm_type, kind)(raw, name)
    _name(wrapper, name)
    wrapper.__module__ = raw.__module__
    wrapper.type = raw.wasm_type
    wrapper.wasm_raw = raw
    return raw.__dict__.setdefault("wasm_export", wrapper)


def _name(function: Any, name: str) -> None:
    """Name a function in messages and tracebacks. Its code becomes its own, which the interpreter can specialise."""
    function.__name__ = function.__qualname__ = name
    function.__code__ = function.__code__.replace(co_name=name)


def raw_function(callable: HostCallable, type: FuncType, name: str) -> RawFunction:
    """A host callable as a raw function of ``type``; ``name`` is what messages call it (``env.log``)."""
    host, counted = _host_call(callable)
    shim = _maker(type, "counted shim" if counted else "shim")(host, name)
    _name(shim, name)
    shim.wasm_type = type
    return shim


def _host_call(callable: HostCallable) -> tuple[HostCallable, bool]:
    """What a shim calls, and whether the call may go through C and must be counted (see stack.py)."""
    call = getattr(type(callable), "__call__", None)  # noqa: B004  (which kind of thing it is, matters)
    if isinstance(call, FunctionType):
        callable = MethodType(call, callable)
    function = getattr(callable, "__func__", callable)
    if isinstance(function, FunctionType):
        # `*args` are the mark of a decorator, which passes them on through C.
        return callable, bool(function.__code__.co_flags & _CO_VARIADIC)
    # The functions of `math` are often imported, quick, and call nothing.
    return callable, getattr(callable, "__module__", None) != "math"


def host_function(type: FuncType, callable: HostCallable, name: Optional[str] = None) -> Any:
    """A Python callable as a WebAssembly function of a type, to put into a table or global or to pass as a funcref.

    (An import takes any callable as it is: its type is known.)
    """
    return exported(raw_function(callable, type, name or str(getattr(callable, "__name__", "host function"))))


def raw_of(value: Any) -> Optional[RawFunction]:
    """The raw function behind an exported function, or a raw function itself; None for any other object."""
    raw = getattr(value, "wasm_raw", value)
    return raw if isinstance(raw, FunctionType) and hasattr(raw, "wasm_type") else None


def to_host(value: Any, value_type: ValueType) -> Any:
    """A canonical value as the host sees it: signed integers, exported functions, host values as they were."""
    if value_type == "i32":
        return value if value <= 0x7FFFFFFF else value - 0x100000000
    if value_type == "i64":
        return value if value <= 0x7FFFFFFFFFFFFFFF else value - 0x10000000000000000
    kind = hierarchy(value_type)
    if kind == "any":
        from .references import externalised

        return externalised(value)
    return exported(value) if kind == "func" else value


#: The source of each kind of wrapper and shim.
_SOURCES: dict[str, Callable[[FuncType], str]] = {
    "export": lambda type: export_source(type, nests=False),
    "nesting export": lambda type: export_source(type, nests=True),
    "shim": lambda type: shim_source(type, counted=False),
    "counted shim": lambda type: shim_source(type, counted=True),
}
_HELPERS: dict[str, Any] = {
    "__name__": __name__,
    BOUNDARY: True,
    "translate": translate,
    "exported": exported,
    "f32_round": f32_round,
    "threads": stack.threads,
    "clock": time.perf_counter,
    "with_room": room.with_room,
    "ExhaustionError": ExhaustionError,
    "as_results": values.as_results,
    "refuse_result": values.refuse_result,
    **{f"as_{name}": convert for name, convert in values.CONVERTERS.items()},
}
