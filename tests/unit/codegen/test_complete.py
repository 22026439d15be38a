"""No instruction that is decoded is left without a translation."""

from __future__ import annotations

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.codegen import emitters, registry
from wasm2py.ir import builder

EMITTERS = (registry.INTEGER, registry.OBJECT, registry.STATEMENT, registry.DOUBLE)


def test_every_instruction_is_built_or_written() -> None:
    """The IR builder takes some apart, an emitter writes each of the others."""
    assert emitters.__all__
    written = set().union(*EMITTERS)
    built = builder._STEPS.keys() | {builder._LOCAL_GET}  # which the loop itself builds
    assert [name for name, opcode in BY_NAME.items() if name not in written and opcode not in built] == []
