;; Where value ranges make a mask needless, and where not.
(module
  (memory 1)
  ;; a pointer that is read through in each round stays within memory
  (func (export "sum_to_end") (param $p i32) (param $end i32) (result i32) (local $s i32)
    (loop $again
      (local.set $s (i32.xor (local.get $s) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $again (i32.ne (local.get $p) (local.get $end))))
    (local.get $s))
  ;; counting down from a number that was tested
  (func (export "count_down") (param $n i32) (result i32) (local $s i32)
    (if (i32.ge_s (local.get $n) (i32.const 1))
      (then
        (loop $again
          (local.set $s (i32.xor (i32.rotl (local.get $s) (i32.const 1)) (local.get $n)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br_if $again (local.get $n)))))
    (local.get $s))
  ;; a clamped limit that is met exactly, and another counter in step with the first
  (func (export "in_step") (param $n i32) (result i32) (local $i i32) (local $j i32)
    (local.set $n (select (local.get $n) (i32.const 1000) (i32.lt_u (local.get $n) (i32.const 1000))))
    (if (i32.gt_u (local.get $n) (i32.const 3))
      (then
        (local.set $n (i32.and (local.get $n) (i32.const -4)))
        (loop $again
          (i32.store16 (local.get $j) (local.get $i))
          (local.set $i (i32.add (local.get $i) (i32.const 4)))
          (local.set $j (i32.add (local.get $j) (i32.const 7)))
          (br_if $again (i32.ne (local.get $i) (local.get $n))))))
    (local.get $j))
  ;; behind a load of x - 8, x is at least 8
  (func (export "before") (param $x i32) (result i32)
    (i32.add
      (i32.load (i32.sub (local.get $x) (i32.const 8)))
      (i32.load (i32.sub (local.get $x) (i32.const 4)))))
  ;; nothing is known here
  (func (export "unknown") (param $p i32) (result i32)
    (i32.load (i32.add (local.get $p) (i32.const 4)))))
