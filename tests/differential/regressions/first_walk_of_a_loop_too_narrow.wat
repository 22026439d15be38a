;; [["f", [0]], ["f", [1]], ["f", [7]]]
;; In its second round $after is 43. An analysis that has walked the loop once with $place always 0 knows of 5, so that the product stays below 2**32.
(module
  (memory (export "memory") 1)
  (func (export "f") (param $more i32) (result i32) (local $place i32) (local $offset i32) (local $after i32) (local $product i32)
    (loop $again
      (local.set $offset (i32.mul (local.get $place) (i32.const 38)))
      (drop (i32.load16_u offset=16 (local.get $offset)))
      (local.set $after (i32.add (local.get $offset) (i32.const 5)))
      (local.set $product (i32.mul (local.get $after) (i32.const 0x6000000)))
      (local.set $place (i32.const 1))
      (if (local.get $more)
        (then (local.set $more (i32.const 0)) (br $again))))
    (i32.shr_u (local.get $product) (i32.const 1))))
