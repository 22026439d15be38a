;; A rotation needed again on one way, a product with its operands swapped; a sum that is not kept for other blocks.
(module
  (memory 1)
  (func (export "mix") (param $x i32) (param $y i32) (result i32)
    (if (i32.gt_s (i32.rotl (local.get $x) (local.get $y)) (i32.const 100))
      (then (return (i32.add (i32.rotl (local.get $x) (local.get $y)) (i32.add (local.get $x) (i32.const 1))))))
    (i32.store (i32.const 8) (i32.mul (local.get $x) (local.get $y)))
    (i32.store (i32.const 4) (i32.mul (local.get $y) (local.get $x)))
    (i32.add (local.get $x) (i32.const 1))))
