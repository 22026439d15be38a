"""What of embind needs no JavaScript: constants, and the declarations of basic types that every such module makes.

Functions, classes and values of JavaScript (``val``) are refused when a module that imports them is linked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .registry import env

if TYPE_CHECKING:
    from .host import Emscripten


@env("vppd")
def _embind_register_constant(host: Emscripten, name: int, type: int, value: float) -> None:
    host.constants[host.guest.read_text(name)] = value


@env("vp vpp", "_embind_register_emval", "_embind_register_std_string")
def _embind_register_void(host: Emscripten, *declaration: int) -> None:
    """There is nothing that would convert values of the type."""


@env("vppp vpip", "_embind_register_float", "_embind_register_std_wstring")
def _embind_register_memory_view(host: Emscripten, *declaration: int) -> None:
    """As for void."""


@env("vppii vppiii", "_embind_register_integer")
def _embind_register_bool(host: Emscripten, *declaration: int) -> None:
    """As for void."""


@env("vpppjj")
def _embind_register_bigint(host: Emscripten, *declaration: int) -> None:
    """As for void."""
