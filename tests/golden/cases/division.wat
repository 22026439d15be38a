;; Signed division as Python's own operations, where no operand is negative.
(module
  (memory 1)
  ;; nothing is known
  (func (export "unknown") (param $a i32) (param $b i32) (result i32)
    (i32.add (i32.div_s (local.get $a) (local.get $b)) (i32.rem_s (local.get $a) (local.get $b))))
  ;; both operands are evaluated before either sign is looked at
  (func (export "loads") (param $p i32) (result i32)
    (i32.div_s (i32.load (local.get $p)) (i32.load offset=4 (local.get $p))))
  ;; a divisor that is not negative
  (func (export "byte") (param $a i32) (param $p i32) (result i32)
    (i32.rem_s (local.get $a) (i32.load8_u (local.get $p))))
  ;; neither is
  (func (export "bytes") (param $p i32) (result i32)
    (i32.div_s (i32.load16_u (local.get $p)) (i32.load8_u (local.get $p))))
  (func (export "by_constants") (param $a i32) (result i32)
    (i32.add (i32.div_s (local.get $a) (i32.const 7)) (i32.rem_s (local.get $a) (i32.const -7)))))
