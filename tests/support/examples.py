"""The examples as modules, for tests of what they are made of."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from tests.support.shared import REPOSITORY


def example(folder: str, name: str) -> ModuleType:
    """A file of an example."""
    spec = importlib.util.spec_from_file_location(f"example_{name}", REPOSITORY / "examples" / folder / f"{name}.py")
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded
