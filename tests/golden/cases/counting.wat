;; Loops that count: with the test at the top or at the end of a round, by a constant or by a variable.
(module
  (memory 1)
  ;; at the top, as AssemblyScript writes it; the counter is read behind the loop
  (func (export "top") (param $n i32) (result i32) (local $i i32) (local $s i32)
    (loop $again
      (if (i32.lt_s (local.get $i) (local.get $n))
        (then
          (local.set $s (i32.add (local.get $s) (i32.load8_u (local.get $i))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $again))))
    (i32.xor (local.get $s) (local.get $i)))
  ;; at the end, in steps that are not constant
  (func (export "strike_out") (param $n i32) (param $p i32) (local $i i32)
    (if (i32.or (i32.gt_u (local.get $n) (i32.const 50000)) (i32.gt_u (local.get $p) (i32.const 50000)))
      (then (return)))
    (if (i32.eqz (local.get $p)) (then (return)))
    (local.set $i (local.get $p))
    (loop $again
      (i32.store8 (local.get $i) (i32.const 1))
      (br_if $again (i32.le_u (local.tee $i (i32.add (local.get $i) (local.get $p))) (local.get $n)))))
  ;; not a number of a range: the next value may wrap around
  (func (export "wraps") (param $n i32) (result i32) (local $i i32) (local $s i32)
    (loop $again
      (local.set $s (i32.xor (local.get $s) (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 7)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $s))
  ;; left early: stays as it is
  (func (export "find") (param $n i32) (result i32) (local $i i32)
    (loop $again
      (if (i32.lt_u (local.get $i) (local.get $n))
        (then
          (if (i32.eqz (i32.load8_u (local.get $i))) (then (return (local.get $i))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $again))))
    (i32.const -1))
  ;; calls itself: mostly there is a round or two
  (func $tree (export "tree") (param $n i32) (result i32) (local $s i32)
    (if (i32.lt_s (local.get $n) (i32.const 2)) (then (return (local.get $n))))
    (loop $again
      (local.set $s (i32.add (local.get $s) (call $tree (i32.sub (local.get $n) (i32.const 1)))))
      (br_if $again (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 2))) (i32.const 1))))
    (local.get $s)))
