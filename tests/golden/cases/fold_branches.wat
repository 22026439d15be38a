;; A truth value that is known on one of the ways to its test; a branch that always goes one way.
(module
  (memory 1)
  (func (export "either") (param $x i32) (param $y i32) (result i32) (local $flag i32)
    (local.set $flag (i32.const 1))
    (if (i32.gt_u (local.get $x) (i32.const 9))
      (then (local.set $flag (i32.lt_u (local.get $y) (local.get $x)))))
    (if (result i32) (local.get $flag) (then (i32.load (local.get $x))) (else (i32.load (local.get $y)))))
  (func (export "always") (param $x i32) (result i32)
    (if (result i32) (i32.lt_u (i32.and (local.get $x) (i32.const 7)) (i32.const 8))
      (then (i32.const 1))
      (else (i32.const 2)))))
