;; Views that begin at an offset and take steps, in loops.
(module
  (memory 2)
  (func (export "dot") (result f64) (local $i i32) (local $s f64)
    (loop $again
      (local.set $s (f64.add (local.get $s) (f64.mul
        (f64.load offset=1024 (i32.shl (local.get $i) (i32.const 3)))
        (f64.load (i32.add (i32.shl (local.get $i) (i32.const 3)) (i32.const 2048))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.ne (local.get $i) (i32.const 100))))
    (local.get $s))
  ;; an address with two uses
  (func (export "update") (param $p i32) (param $end i32)
    (loop $again
      (i32.store (i32.add (local.get $p) (i32.const 12))
        (i32.add (i32.load (i32.add (local.get $p) (i32.const 12))) (i32.load offset=4 (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (br_if $again (i32.lt_u (local.get $p) (local.get $end)))))
  ;; an index that may be negative, but not so that the address is
  (func (export "chase") (param $n i32) (result i32) (local $at i32)
    (loop $again
      (local.set $at (i32.load16_s (i32.add (i32.shl (local.get $at) (i32.const 1)) (i32.const 70000))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $at))
  ;; not in a loop: not worth a view
  (func (export "once") (param $p i32) (result i32)
    (i32.load offset=1024 (local.get $p))))
