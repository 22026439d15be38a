;; A pointer that is incremented before each load, and a count of rounds that may begin anywhere.
(module
  (memory 1)
  (func (export "scan") (param $p i32) (param $stop i32) (result i32)
    (loop $more
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $more (i32.lt_s (i32.load (local.get $p)) (local.get $stop))))
    (local.get $p))
  (func (export "clear") (param $p i32) (param $count i32)
    (loop $more
      (i32.store8 (local.get $p) (i32.const 0))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $more (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))
