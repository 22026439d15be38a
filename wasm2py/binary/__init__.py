"""The binary format (spec §5): ``decode`` makes a ``Module`` of bytes, ``opcodes`` is the one instruction table."""

from __future__ import annotations

from wasm2py.binary.decoder import decode
from wasm2py.binary.opcodes import BY_NAME, OPCODES

__all__ = ["BY_NAME", "OPCODES", "decode"]
