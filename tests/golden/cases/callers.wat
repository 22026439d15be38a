(module (memory 1)
  ;; perm(k, n): called with 0 and 10 at most, and with k + 1 while k < n
  (func $perm (param $k i32) (param $n i32) (local $p i32) (local $i i32)
    (if (i32.lt_s (local.get $k) (local.get $n)) (then
      (local.set $p (i32.add (i32.shl (local.get $k) (i32.const 2)) (i32.const 64)))
      (local.set $i (local.get $k))
      (loop $l
        (i32.store (local.get $p) (i32.add (i32.load (local.get $p)) (local.get $i)))
        (call $perm (i32.add (local.get $k) (i32.const 1)) (local.get $n))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (br_if $l (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))))
  (func (export "run") (param $n i32)
    (call $perm (i32.const 0)
      (select (local.get $n) (i32.const 10) (i32.lt_s (local.get $n) (i32.const 10))))))
