;; Loops that end when a counter meets a limit: what is known of the two together says that it does.
(module
  (memory 1 2)
  ;; the limit is made from the start
  (func (export "sum") (param $p i32) (param $n i32) (result i32) (local $end i32) (local $s i32)
    (local.set $p (i32.and (local.get $p) (i32.const 65535)))
    (local.set $end
      (i32.add (local.get $p) (i32.add (i32.and (local.get $n) (i32.const 1023)) (i32.const 1))))
    (loop $again
      (local.set $s (i32.xor (i32.mul (local.get $s) (i32.const 3)) (i32.load8_u (local.get $p))))
      (br_if $again (i32.ne (local.tee $p (i32.add (local.get $p) (i32.const 1))) (local.get $end))))
    (local.get $s))
  ;; the loop stands behind a comparison of the two
  (func (export "from") (param $i i32) (param $n i32) (result i32) (local $s i32)
    (local.set $i (i32.and (local.get $i) (i32.const 0xffffff)))
    (local.set $n (i32.and (local.get $n) (i32.const 0xffffff)))
    (if (i32.lt_s (local.get $i) (local.get $n))
      (then
        (loop $again
          (local.set $s (i32.xor (i32.mul (local.get $s) (i32.const 3)) (local.get $i)))
          (br_if $again (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $s))
  ;; two rounds in one, and an odd one before them
  (func (export "unrolled") (param $i i32) (param $n i32) (result i32) (local $s i32)
    (local.set $i (i32.and (local.get $i) (i32.const 0xffff)))
    (local.set $n (i32.and (local.get $n) (i32.const 0xffff)))
    (if (i32.ge_u (local.get $i) (local.get $n)) (then (return (i32.const 0))))
    (if (i32.and (i32.sub (local.get $n) (local.get $i)) (i32.const 1))
      (then
        (local.set $s (local.get $i))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))))
    (if (i32.ne (local.get $i) (local.get $n))
      (then
        (loop $again
          (local.set $s (i32.xor (i32.mul (local.get $s) (i32.const 3)) (local.get $i)))
          (br_if $again (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 2))) (local.get $n))))))
    (local.get $s))
  ;; two rounds in one, and nothing says that the limit is met
  (func (export "odd") (param $i i32) (param $n i32) (result i32) (local $s i32)
    (local.set $i (i32.and (local.get $i) (i32.const 0xffff)))
    (local.set $n (i32.and (local.get $n) (i32.const 0xffff)))
    (if (i32.ge_u (local.get $i) (local.get $n)) (then (return (i32.const 0))))
    (loop $again
      (local.set $s (i32.xor (i32.mul (local.get $s) (i32.const 3)) (local.get $i)))
      (br_if $again (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 2))) (local.get $n))))
    (local.get $s)))
