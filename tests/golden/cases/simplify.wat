;; Sums of sums, truth values tested again, shift pairs, comparisons of extended integers.
(module
  (memory 1)
  (func (export "sums") (param $x i32) (param $y i32) (result i32)
    (i32.add (i32.add (i32.sub (local.get $x) (i32.const 3)) (i32.sub (i32.const 0) (local.get $y))) (i32.const 8)))
  (func (export "truth") (param $x i32) (param $y i32) (result i32)
    (if (result i32) (i32.and (i32.eqz (i32.lt_s (local.get $x) (local.get $y))) (i32.const 1))
      (then (i32.const 3))
      (else (select (i32.const 1) (i32.const 0) (i32.ne (local.get $x) (i32.const 0))))))
  (func (export "narrow") (param $p i32) (result i32)
    (i32.shr_s (i32.shl (i32.load8_u (local.get $p)) (i32.const 24)) (i32.const 24)))
  (func (export "wide") (param $x i32) (param $y i32) (result i32)
    (i64.lt_s (i64.extend_i32_u (local.get $x)) (i64.extend_i32_u (local.get $y)))))
