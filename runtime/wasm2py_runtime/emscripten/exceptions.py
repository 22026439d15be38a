"""C++ exceptions as Emscripten's own ABI has them (``__cxa_*``; ``-fexceptions`` without ``-fwasm-exceptions``).

Before each object that is thrown lies a header, ``__cxa_exception``: a count of references, the type, the destructor,
two flags, and the pointer adjusted for the type that it is caught as. The host keeps which exception is on its way and
which are being handled. Modules bring the other functions of the ABI along; those that an older one imports are here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .outcomes import Aborted, CppException
from .registry import env

if TYPE_CHECKING:
    from .host import Emscripten


class Exceptions:
    """The exceptions of one guest."""

    def __init__(self, host: Emscripten) -> None:
        self._host = host
        #: The exception on its way, or the last that was: 0 for none.
        self.last = 0
        #: The exceptions being handled, the innermost last.
        self.caught: list[int] = []
        #: How many are thrown and not yet caught.
        self.uncaught = 0

    # The header: six words, of which two flags share the fourth ------------------------------------------------------

    @property
    def header_size(self) -> int:
        return 6 * self._host.guest.pointer_size

    def _word(self, pointer: int, index: int) -> int:
        """The address of a word of the header."""
        return pointer - self.header_size + index * self._host.guest.pointer_size

    def _get(self, pointer: int, index: int) -> int:
        return self._host.guest.read_pointer(self._word(pointer, index))

    def _set(self, pointer: int, index: int, value: int) -> None:
        self._host.guest.write_pointer(self._word(pointer, index), value)

    def type(self, pointer: int) -> int:
        return self._get(pointer, 1)

    def is_caught(self, pointer: int) -> int:
        return self._host.guest.read_integer(self._word(pointer, 3), 1)

    def set_caught(self, pointer: int, caught: int) -> None:
        self._host.guest.write_integer(self._word(pointer, 3), 1, caught)

    def is_rethrown(self, pointer: int) -> int:
        return self._host.guest.read_integer(self._word(pointer, 3) + 1, 1)

    def set_rethrown(self, pointer: int, rethrown: int) -> None:
        self._host.guest.write_integer(self._word(pointer, 3) + 1, 1, rethrown)

    # Life -----------------------------------------------------------------------------------------------------------

    def allocate(self, size: int) -> int:
        start = int(self._host.export("malloc", "pp")(size + self.header_size))
        if not start:
            raise Aborted("aborted: no memory for an exception")
        self._host.guest.view(start, self.header_size)[:] = bytes(self.header_size)
        return start + self.header_size

    def free(self, pointer: int) -> None:
        if self._host.has("__cxa_free_exception"):
            self._host.export("__cxa_free_exception", "vp")(pointer)
        else:
            self._host.export("free", "vp")(pointer - self.header_size)

    def initialise(self, pointer: int, type: int, destructor: int) -> None:
        for index, value in ((1, type), (2, destructor), (4, 0)):
            self._set(pointer, index, value)

    def increment(self, pointer: int) -> None:
        if self._host.has("__cxa_increment_exception_refcount"):
            self._host.export("__cxa_increment_exception_refcount", "vp")(pointer)
        elif pointer:
            self._set(pointer, 0, self._get(pointer, 0) + 1)

    def decrement(self, pointer: int) -> None:
        if self._host.has("__cxa_decrement_exception_refcount"):
            self._host.export("__cxa_decrement_exception_refcount", "vp")(pointer)
        elif pointer:
            self._release(pointer)

    def _release(self, pointer: int) -> None:
        """The last to let go destroys the object, unless it is on its way again."""
        count = self._get(pointer, 0) - 1
        self._set(pointer, 0, count)
        if count == 0 and not self.is_rethrown(pointer):
            destructor = self._get(pointer, 2)
            if destructor:
                self._host.function_at(destructor, "vp")(pointer)
            self.free(pointer)

    # Throwing and catching ------------------------------------------------------------------------------------------

    def throw(self, pointer: int) -> None:
        self.uncaught += 1
        self.increment(pointer)
        self.last = pointer
        raise CppException(self._host, pointer)

    def throw_again(self, pointer: int) -> None:
        self.set_rethrown(pointer, 1)
        self.set_caught(pointer, 0)
        self.throw(pointer)

    def object(self, pointer: int) -> int:
        """What a handler gets: the object, or what it points to if it is a pointer."""
        if self._host.has("__cxa_get_exception_ptr"):
            return int(self._host.export("__cxa_get_exception_ptr", "pp")(pointer))
        if self._host.has("__cxa_is_pointer_type") and self._host.export("__cxa_is_pointer_type", "ip")(
            self.type(pointer)
        ):
            return self._host.guest.read_pointer(pointer)
        return self._get(pointer, 4) or pointer

    def match(self, types: tuple[int, ...]) -> int:
        """The exception on its way; ``tempRet0`` becomes the type among these that catches it, else its own."""
        pointer = self.last
        type = self.type(pointer) if pointer else 0
        if type:
            self._set(pointer, 4, pointer)
            type = self._catching(types, type, self._word(pointer, 4))
        self._host.set_temp_ret0(type)
        return pointer

    def _catching(self, types: tuple[int, ...], thrown: int, adjusted: int) -> int:
        for wanted in types:
            if not wanted or wanted == thrown:
                break
            if self._host.export("__cxa_can_catch", "ippp")(wanted, thrown, adjusted):
                return wanted
        return thrown

    # For people -----------------------------------------------------------------------------------------------------

    def type_name(self, pointer: int) -> str:
        """``type_info`` is a pointer to its virtual functions and one to the name."""
        type = self.type(pointer)
        guest = self._host.guest
        return guest.read_text(guest.read_pointer(type + guest.pointer_size)) if type else ""

    def message(self, pointer: int) -> str:
        """``__get_exception_message`` allocates two strings and writes where they are."""
        host, guest = self._host, self._host.guest
        if not host.has("__get_exception_message"):
            return ""
        results = guest.address(host.entry("malloc", "pp")(2 * guest.pointer_size))
        host.entry("__get_exception_message", "vppp")(pointer, results, results + guest.pointer_size)
        strings = [guest.read_pointer(results), guest.read_pointer(results + guest.pointer_size)]
        text = guest.read_text(strings[1]) if strings[1] else ""
        for address in (*strings, results):
            host.entry("free", "vp")(address)
        return text


@env("pp")
def __cxa_allocate_exception(host: Emscripten, size: int) -> int:
    return host.exceptions.allocate(size)


@env("vp")
def __cxa_free_exception(host: Emscripten, pointer: int) -> None:
    host.exceptions.free(pointer)


@env("vp")
def __cxa_increment_exception_refcount(host: Emscripten, pointer: int) -> None:
    host.exceptions.increment(pointer)


@env("vp")
def __cxa_decrement_exception_refcount(host: Emscripten, pointer: int) -> None:
    host.exceptions.decrement(pointer)


@env("vppp")
def __cxa_throw(host: Emscripten, pointer: int, type: int, destructor: int) -> None:
    host.exceptions.initialise(pointer, type, destructor)
    host.exceptions.throw(pointer)


@env("v")
def __cxa_rethrow(host: Emscripten) -> None:
    if not host.exceptions.caught:
        raise Aborted("aborted: no exception to throw again")
    host.exceptions.throw_again(host.exceptions.caught[-1])


@env("vp")
def __cxa_rethrow_primary_exception(host: Emscripten, pointer: int) -> None:
    if pointer:
        host.exceptions.throw_again(pointer)


@env("vp", "_Unwind_Resume", "_Unwind_RaiseException")
def __resumeException(host: Emscripten, pointer: int) -> None:
    host.exceptions.last = host.exceptions.last or pointer
    raise CppException(host, host.exceptions.last)


@env("pp")
def __cxa_begin_catch(host: Emscripten, pointer: int) -> int:
    exceptions = host.exceptions
    if not exceptions.is_caught(pointer):
        exceptions.set_caught(pointer, 1)
        exceptions.uncaught -= 1
    exceptions.set_rethrown(pointer, 0)
    exceptions.caught.append(pointer)
    return exceptions.object(pointer)


@env("v")
def __cxa_end_catch(host: Emscripten) -> None:
    exceptions = host.exceptions
    if not exceptions.caught:
        raise Aborted("aborted: no exception is being handled")
    host.export("setThrew", "vpi")(0, 0)
    exceptions.decrement(exceptions.caught.pop())
    exceptions.last = 0


@env("pp")
def __cxa_get_exception_ptr(host: Emscripten, pointer: int) -> int:
    return host.exceptions.object(pointer)


@env("i", "__cxa_uncaught_exception")
def __cxa_uncaught_exceptions(host: Emscripten) -> int:
    return host.exceptions.uncaught


@env("p")
def __cxa_current_primary_exception(host: Emscripten) -> int:
    exceptions = host.exceptions
    if not exceptions.caught:
        return 0
    exceptions.increment(exceptions.caught[-1])
    return exceptions.caught[-1]


@env("p")
def __cxa_current_exception_type(host: Emscripten) -> int:
    exceptions = host.exceptions
    return exceptions.type(exceptions.caught[-1]) if exceptions.caught else 0


@env("vp")
def __cxa_call_unexpected(host: Emscripten, pointer: int) -> None:
    raise Aborted("aborted: an exception was thrown that a function said it does not throw")


@env("pp")
def llvm_eh_typeid_for(host: Emscripten, type: int) -> int:
    return type
