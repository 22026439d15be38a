;; How variables are held: signed, lazily, unsigned.
(module
  (memory 1)
  ;; compared signed in a loop: converted once
  (func (export "signed") (param $n i32) (param $limit i32) (result i32)
    (loop $again
      (local.set $n (i32.shr_s (local.get $n) (i32.const 1)))
      (br_if $again (i32.gt_s (local.get $n) (local.get $limit))))
    (local.get $n))
  ;; a sum that only its end looks at
  (func (export "lazy") (param $p i32) (result i32) (local $s i32) (local $n i32)
    (local.set $n (i32.const 100))
    (loop $again
      (local.set $s (i32.add (local.get $s) (i32.load (i32.shl (local.get $n) (i32.const 2)))))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))
    (local.get $s))
  ;; two sums of each other: their digits would pile up
  (func (export "fibonacci") (param $n i32) (result i64) (local $a i64) (local $b i64) (local $c i64)
    (local.set $b (i64.const 1))
    (block $out
      (br_if $out (i32.eqz (local.get $n)))
      (loop $again
        (local.set $c (i64.add (local.get $a) (local.get $b)))
        (local.set $a (local.get $b))
        (local.set $b (local.get $c))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (local.get $a)))
