"""Why something that a module imports is not there, in words that help."""

from __future__ import annotations

from ..imports import Import

#: What the names of functions begin with, and why there are no such functions.
_REASONS = (
    (("_embind_", "_emval_", "__emval_"), "embind is not supported but for constants: its bindings are JavaScript"),
    (
        ("emscripten_asm_const", "emscripten_run_script", "_emscripten_run_script"),
        "it runs JavaScript (EM_ASM, emscripten_run_script): define a function of this name in the linker instead",
    ),
    (("emscripten_gl", "gl", "egl", "SDL_", "emscripten_webgl", "emscripten_set_"), "it is part of the browser"),
    (
        ("emscripten_sleep", "emscripten_set_main_loop", "emscripten_wget", "emscripten_fetch", "__asyncjs__"),
        "it waits for JavaScript (Asyncify, main loops) and is not supported",
    ),
    (("__pthread", "pthread_", "_emscripten_thread", "emscripten_init_main_thread"), "pthreads are not supported"),
)
_MINIFIED = (
    "the names of this module's imports are minified, so that only the JavaScript that was made with it knows what "
    "they mean: build it with -sSTANDALONE_WASM, with -o NAME.wasm, with -O1 or with -g3"
)
_JAVASCRIPT = "a function of JavaScript (EM_JS, --js-library): define it in the linker"


def explained(wanted: Import, problem: str) -> str:
    """What a LinkError says of an import, with the reason added."""
    reason = _reason(wanted)
    return f"{problem}: {reason}" if reason else problem


def _reason(wanted: Import) -> str:
    if len(wanted.module) == 1 and len(wanted.name) <= 2:
        return _MINIFIED
    if wanted.module != "env":
        return ""
    found = [reason for beginnings, reason in _REASONS if wanted.name.startswith(beginnings)]
    return found[0] if found else _JAVASCRIPT
