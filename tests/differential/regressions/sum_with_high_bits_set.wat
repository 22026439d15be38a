;; [["sum", [5]], ["sum", [-2]], ["sum", [-3]], ["sum", [2147483647]]]
;; The or of a sum beyond 2**32 and a negative constant: between -4 and -1, but two multiples of 2**32 above.
(module
  (func (export "sum") (param $x i32) (result i32) (local $y i32)
    (local.set $y (i32.or (i32.add (local.get $x) (i32.const 3)) (i32.const -4)))
    (if (result i32) (i32.lt_s (local.get $y) (i32.const -1))
      (then (i32.sub (i32.const 0) (local.get $y)))
      (else (i32.shr_s (local.get $y) (i32.const 1))))))
