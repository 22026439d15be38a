"""Optimisations of the IR: one a file. ``run_passes`` knows their order, levels and switches."""

from wasm2py.passes.dump import IRDump
from wasm2py.passes.pipeline import PASSES, Observer, run_passes

__all__ = ["PASSES", "IRDump", "Observer", "run_passes"]
