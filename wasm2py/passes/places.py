"""What instructions do to places: globals, and slots of memory that a function reads or writes.

A place, or a fact about one, is a bit of an int, so that a set of them is an int too. Facts once true stay true.
"""

from __future__ import annotations

from typing import NamedTuple, Optional

from wasm2py.ir import Block, Value

#: the instructions of each block that do anything to places, in program order
Effects = dict[Block, list["Effect"]]


class Effect(NamedTuple):
    """One instruction: it reads ``place``, or writes ``stored`` to it (-1: no place of its own).

    ``kills`` are other places that it may change, ``gives`` the facts that hold once it succeeded. A read may be left
    out, and a write cannot trap, only where ``needs`` is known.
    """

    value: Value
    place: int = -1
    stored: Optional[Value] = None
    kills: int = 0
    gives: int = 0
    needs: int = 0
