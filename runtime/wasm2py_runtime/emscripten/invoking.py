"""``invoke_*``: calls through the table that catch C++ exceptions and ``longjmp``.

Code that is compiled for Emscripten's own exceptions, or that calls ``setjmp``, makes its calls through the host: the
host catches what is on its way, puts the stack back and says so by ``setThrew``, and the caller goes on to its landing
pad. The letters in the name are the signature; the type of the import says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

from ..boundary import RawFunction
from ..errors import UndefinedElement
from ..intrinsics import Intrinsic
from ..types import FuncType
from .adapting import compiled
from .outcomes import Unwinding

if TYPE_CHECKING:
    from .host import Emscripten

#: What fails in ``invoke`` itself is the call through the table: ``__wasm2py__`` lets it be a trap (see traps.py).
_TEMPLATE = """__wasm2py__ = 1
def make(Unwinding, unbound):
    calls, stack_save, stack_restore, set_threw = unbound, None, None, None
    def invoke({names}):
        call = calls[index]
        stack = stack_save()
        try:
            return call({arguments})
        except Unwinding:
            stack_restore(stack)
            set_threw(1, 0)
            return {nothing}
    def bind(*given):
        nonlocal calls, stack_save, stack_restore, set_threw
        calls, stack_save, stack_restore, set_threw = given
    unbound.bind = bind
    return invoke
"""
_NOTHING = {"i32": "0", "i64": "0", "f32": "0.0", "f64": "0.0"}


class Invoke(Intrinsic):
    """May be given for an import whose name begins with ``invoke_``."""

    def __init__(self, host: Emscripten, name: str) -> None:
        super().__init__(_source, lambda type: _source(type) is not None)
        self._host, self._name = host, name

    def raw_for(self, type: FuncType) -> Optional[RawFunction]:
        """A raw function of this type; None if it is not one of ``invoke``."""
        source = _source(type)
        if source is None:
            return None
        raw = compiled(source, type, Unwinding, _Unbound(self._host, type))
        raw.__name__ = self._name
        return raw


class _Unbound:
    """Stands for a call list until the first call: then there is an instance, with a table and with exports."""

    bind: Callable[..., None]

    def __init__(self, host: Emscripten, type: FuncType) -> None:
        self._host, self._type = host, type

    def __getitem__(self, index: int) -> Any:
        host = self._host
        calls = host.table.calls(FuncType(self._type.params[1:], self._type.results))
        save, restore = host.export("stackSave", "p"), host.export("stackRestore", "vp")
        self.bind(calls, save, restore, host.export("setThrew", "vpi"))
        if index >= len(calls):
            raise UndefinedElement
        return calls[index]


def _source(type: FuncType) -> Optional[str]:
    """The first parameter is the index of the function in the table."""
    if not type.params or type.params[0] not in ("i32", "i64") or len(type.results) > 1:
        return None
    if any(result not in _NOTHING for result in type.results):
        return None
    arguments = [f"a{place}" for place in range(1, len(type.params))]
    nothing = _NOTHING[str(type.results[0])] if type.results else "None"
    return _TEMPLATE.format(names=", ".join(["index", *arguments]), arguments=", ".join(arguments), nothing=nothing)
