;; two nested loops, a jump out of both, a jump to the outer header
(module (func (export "search") (param $n i32) (result i32) (local $i i32) (local $j i32)
  (block $found (loop $outer
    (local.set $j (i32.const 0))
    (loop $inner
      (br_if $found (i32.eq (i32.mul (local.get $i) (local.get $j)) (local.get $n)))
      (local.set $j (i32.add (local.get $j) (i32.const 1)))
      (br_if $inner (i32.le_u (local.get $j) (local.get $i))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $outer (i32.le_u (local.get $i) (local.get $n))))
    (return (i32.const -1)))
  (local.get $i)))
