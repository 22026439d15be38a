"""Validation (spec §3): ``validate`` checks a decoded module, and that it uses no feature that is switched off."""

from __future__ import annotations

from wasm2py.validate.module import validate

__all__ = ["validate"]
