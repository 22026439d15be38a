"""The bar that shows how far a translation is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from wasm2py.api import Progress
from wasm2py.text import printable


@contextmanager
def progress_bar(name: str) -> Iterator[Progress]:
    """A bar on stderr if that is a terminal, from the second second on; otherwise nothing."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from tqdm import tqdm  # takes longer to import than many a program to run

    class Bar(tqdm):  # type: ignore[type-arg]
        """A bar without tqdm's thread, which would keep ``--jobs`` from forking this process."""

        monitor_interval = 0

    with Bar(desc=printable(name, 40), unit=" functions", delay=1, leave=False) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield advance
