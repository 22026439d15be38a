"""What is known of values without running the code: intervals of integers, at each place where they are read."""

from wasm2py.analysis.ranges import Counter, Ranges, value_ranges

__all__ = ["Counter", "Ranges", "value_ranges"]
