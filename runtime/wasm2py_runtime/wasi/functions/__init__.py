"""The functions of WASI, grouped by the first part of their names. Importing this module fills ``FUNCTIONS``."""

from __future__ import annotations

from ..registry import FUNCTIONS
from . import environment, files, paths, poll, sockets, status

__all__ = ["FUNCTIONS", "environment", "files", "paths", "poll", "sockets", "status"]
