"""The trees that the functions are tried on: they have to behave alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.wasi.driver import Guest, guest_of
from wasm2py_runtime.wasi import HostDirectory, MemoryTree


@pytest.fixture(params=["host", "memory"])
def guest(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Guest]:
    """A guest with an empty directory as descriptor 3."""
    made = guest_of({"/": HostDirectory(tmp_path) if request.param == "host" else MemoryTree()})
    with made.wasi:
        yield made
