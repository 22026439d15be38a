"""What is known of values without running the code: intervals of integers, at each place where they are read."""

from wasm2py.analysis.ranges import value_ranges
from wasm2py.analysis.result import Counter, Ranges

__all__ = ["Counter", "Ranges", "value_ranges"]
