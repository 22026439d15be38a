"""Forms in which integers are held: what must never be held lazily, and that numbers stay small."""

from __future__ import annotations

import pytest

from tests.support.wat import load
from wasm2py.options import Options
from wasm2py_runtime import Trap

OPTIONS = [
    Options(),
    *(Options(disabled_passes=(name,)) for name in ("lazy-values", "copied-selects")),
    Options(optimize=0),
]
#: doubles a number in every other round, and adds one in the others
DOUBLE_OR_ADD = """(module (func (export "f") (param $n i32) (result i32) (local $x i32) (local $i i32)
  (local.set $x (i32.const 1))
  (loop $again
    (local.set $x
      (select (i32.add (local.get $x) (local.get $x)) (i32.add (local.get $x) (i32.const 1))
        (i32.and (local.get $i) (i32.const 1))))
    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
  (local.get $x)))"""


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_digits_do_not_pile_up_through_select(options: Options) -> None:
    """A hundred thousand rounds would make a number of as many bits, and take minutes."""
    f = load(DOUBLE_OR_ADD, options).Module().exports.f
    x = 1
    for i in range(100_000):
        x = (2 * x if i & 1 else x + 1) & 0xFFFFFFFF
    assert [f(n) for n in (1, 2, 3, 4)] == [2, 4, 5, 10]
    assert f(100_000) & 0xFFFFFFFF == x


#: the least of a number that grows and one that does not, as signed numbers, around the end of the signed range
LEAST = """(module (memory 1) (func (export "f") (param $x i32) (param $y i32) (result i32) (local $i i32)
  (loop $again
    (local.set $x (i32.add (local.get $x) (i32.const 1)))
    (i32.store (i32.const 8)
      (local.tee $x (select (local.get $x) (local.get $y) (i32.lt_s (local.get $x) (local.get $y)))))
    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5))))
  (i32.sub (i32.load (i32.const 8)) (local.get $x)))
  (func (export "read") (result i32) (i32.load (i32.const 8))))"""


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_least(options: Options) -> None:
    exports = load(LEAST, options).Module().exports
    for x, y, least in ((0, 3, 3), (-9, 3, -4), (2**31 - 3, 2**31 - 1, -(2**31) + 2), (-(2**31), -(2**31), -(2**31))):
        assert exports.f(x, y) == 0
        assert exports.read() == least


#: adds up every ``step`` bytes, and the numbers behind an offset that counts up to zero
ROWS = """(module (memory 1)
  (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "column") (param $row i32) (param $step i32) (param $x i32) (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $row (i32.add (local.get $row) (local.get $step)))
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.add (local.get $row) (local.get $x)))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "back") (param $end i32) (result i32) (local $i i32) (local $sum i32) (local $p i32)
    (local.set $i (i32.const -16))
    (loop $again
      (local.set $p (i32.add (local.get $end) (local.get $i)))
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.add (local.get $p) (i32.const 0)))))
      (br_if $again (local.tee $i (i32.add (local.get $i) (i32.const 4)))))
    (local.get $sum)))"""


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_addresses_of_lazy_sums(options: Options) -> None:
    exports = load(ROWS, options).Module().exports
    for i in range(16):
        exports.store(4 * i, i + 1)
    assert exports.column(-16, 16, 0, 4) == 1 + 5 + 9 + 13
    assert exports.column(64, -16, 0, 4) == 1 + 5 + 9 + 13
    assert exports.column(60, -4, -4, 3) == 12 + 13 + 14
    assert exports.column(2**31 - 1, -16, -(2**31) + 17, 1) == 1
    assert exports.back(16) == 1 + 2 + 3 + 4
    for args in ((65536, -16, 16, 1), (0, -16, 0, 1)):
        with pytest.raises(Trap, match="out of bounds"):
            exports.column(*args)
