;; A product that is needed again, also with its operands swapped; a cheap sum that is not kept.
(module
  (memory 1)
  (func (export "area") (param $x i32) (param $y i32) (result i32)
    (if (i32.gt_s (i32.mul (local.get $x) (local.get $y)) (i32.const 100))
      (then (return (i32.add (i32.mul (local.get $y) (local.get $x)) (i32.add (local.get $x) (i32.const 1))))))
    (i32.store (i32.const 8) (i32.mul (local.get $x) (local.get $y)))
    (i32.add (local.get $x) (i32.const 1))))
