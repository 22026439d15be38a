"""Optimisations of the IR: one a file. ``run_passes`` knows their order, levels and switches."""

from wasm2py.passes.pipeline import PASSES, run_passes

__all__ = ["PASSES", "run_passes"]
