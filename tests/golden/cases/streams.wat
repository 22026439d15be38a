;; arrays that are read in step with a counter are iterated over
(module
  (memory (export "memory") 16)
  ;; two pointers, one of which steps by a parameter
  (func (export "dot") (param $n i32) (param $p i32) (param $q i32) (param $step i32) (result f64)
    (local $i i32) (local $s f64)
    (local.set $n (i32.or (i32.const 1) (i32.and (local.get $n) (i32.const 1023))))
    (local.set $step (i32.add (i32.const 8) (i32.and (local.get $step) (i32.const 1023))))
    (loop $again
      (local.set $s (f64.add (local.get $s) (f64.mul (f64.load (local.get $p)) (f64.load (local.get $q)))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (local.get $step)))
      (br_if $again (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $s))
  ;; a single one needs no counter
  (func (export "sum") (param $p i32) (param $n i32) (result i32) (local $s i32)
    (local.set $n (i32.add (i32.const 1) (i32.and (local.get $n) (i32.const 1023))))
    (loop $again
      (local.set $s (i32.add (local.get $s) (i32.load8_s (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  ;; unrolled: what lies side by side is one stream
  (func (export "pairs") (param $p i32) (param $n i32) (result i32) (local $s i32)
    (local.set $n (i32.add (i32.const 1) (i32.and (local.get $n) (i32.const 1023))))
    (loop $again
      (local.set $s (i32.mul
        (i32.xor (local.get $s) (i32.load16_u (local.get $p)))
        (i32.load16_u offset=2 (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  ;; tested before the first round, and written behind what is read
  (func (export "blend") (param $n i32) (param $p i32) (param $q i32) (local $i i32)
    (local.set $n (i32.and (local.get $n) (i32.const 1023)))
    (block $out
      (loop $again
        (br_if $out (i32.ge_u (local.get $i) (local.get $n)))
        (i32.store16 (local.get $p)
          (i32.shr_u (i32.add (i32.load16_u (local.get $p)) (i32.load16_u (local.get $q))) (i32.const 1)))
        (local.set $p (i32.add (local.get $p) (i32.const 2)))
        (local.set $q (i32.add (local.get $q) (i32.const 2)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $again))))
  ;; not those that a store comes before, that a round may leave out, or that go down
  (func (export "stays") (param $n i32) (param $p i32) (param $q i32) (result i32) (local $i i32) (local $s i32)
    (local.set $n (i32.or (i32.const 1) (i32.and (local.get $n) (i32.const 1023))))
    (loop $again
      (if (i32.and (local.get $i) (i32.const 1))
        (then (local.set $s (i32.add (local.get $s) (i32.load16_u (local.get $q))))))
      (local.set $s (i32.add (local.get $s) (i32.load8_u (i32.sub (local.get $p) (local.get $i)))))
      (i32.store8 (local.get $q) (local.get $s))
      (local.set $s (i32.add (local.get $s) (i32.load (local.get $q))))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br_if $again (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $s)))
