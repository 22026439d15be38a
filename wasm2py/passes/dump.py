"""The IR as text before and after the passes, for people who want to see what a pass does."""

from __future__ import annotations

from collections.abc import Callable, Collection

from wasm2py.ir import Function, format_function
from wasm2py.passes.pipeline import BUILT


class IRDump:
    """An observer of ``run_passes`` that writes what each pass was given and what it made of that.

    ``passes``: only these; ``functions``: only those of this name or index. Empty means all.
    """

    def __init__(
        self, write: Callable[[str], object], passes: Collection[str] = (), functions: Collection[str] = ()
    ) -> None:
        self._write = write
        self._passes = passes
        self._functions = functions
        self._text = ""
        self._shown = False

    def __call__(self, stage: str, function: Function) -> None:
        if self._functions and not {function.name, str(function.index)} & set(self._functions):
            return
        before, self._text = self._text, format_function(function)
        if stage == BUILT:
            self._show(f"before the passes:\n{self._text}", shown=not self._passes)
        elif self._passes and stage not in self._passes:
            self._shown = False
        elif before == self._text:
            self._write(f";; {stage} changes nothing in {function.name}\n\n")
        else:
            if not self._shown:
                self._show(f"before {stage}:\n{before}")
            self._show(f"after {stage}:\n{self._text}")

    def _show(self, text: str, shown: bool = True) -> None:
        """``shown``: whether it is to be written, and need not be written again before the next pass."""
        self._shown = shown
        if shown:
            self._write(f";; {text}\n")
