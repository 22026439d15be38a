"""A result as a picture: one dot for each engine and row, on a logarithmic axis."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from benchmarks.figures import geometric_mean
from benchmarks.results import Result


def write(result: Result, file: Path) -> None:
    """Draw it. Needs matplotlib: ``pip install 'wasm2py[bench]'``."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": result.name, "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 1.4 + 0.32 * len(result.rows)), layout="constrained")
    _draw(result, axes)
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def _draw(result: Result, axes: Any) -> None:
    names = [*result.rows, "geometric mean"]
    for key, engine in result.engines.items():
        values = [row[key].nanoseconds if key in row else math.nan for row in result.rows.values()]
        values.append(geometric_mean(values))
        axes.plot(values, range(len(names)), "o", label=f"{engine.title} ({engine.python})", alpha=0.8)
    axes.set_xscale("log")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel(f"ns per {result.unit} (less is faster)\n{_place(result)}")
    axes.set_title(result.title, fontsize=10)
    axes.grid(alpha=0.3)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)


def _place(result: Result) -> str:
    return ", ".join(value for name, value in result.conditions.items() if name in ("machine", "date"))
