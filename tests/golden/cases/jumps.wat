;; a jump to the header of the outer loop, and one past code that two ways lead to
(module (memory 1) (func (export "scan") (param $p i32) (result i32) (local $c i32) (local $n i32)
  (loop $words
    (block $end
      (block $other
        (loop $word
          (local.set $c (i32.load8_u (local.get $p)))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (br_if $words (i32.eq (local.get $c) (i32.const 32)))
          (br_if $end (i32.eqz (local.get $c)))
          (br_if $other (i32.lt_u (local.get $c) (i32.const 97)))
          (br_if $word (i32.lt_u (local.get $c) (i32.const 122))))
        (local.set $n (i32.add (local.get $n) (i32.const 100))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br $words)))
  (local.get $n)))
