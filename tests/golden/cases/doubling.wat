;; Numbers that a loop doubles, and powers of two.
(module
  (memory 1)
  ;; ends when the number gets beyond a limit: it never comes near to wrapping around
  (func (export "lengths") (param $n i32) (result i32) (local $length i32) (local $s i32)
    (local.set $n (i32.and (local.get $n) (i32.const 4095)))
    (local.set $length (i32.const 2))
    (loop $again
      (local.set $s (i32.xor (local.get $s) (local.get $length)))
      (br_if $again
        (i32.le_s (local.tee $length (i32.shl (local.get $length) (i32.const 1))) (local.get $n))))
    (local.get $s))
  ;; what is known of the exponent later on is known of the power
  (func (export "power") (param $log i32) (result i32) (local $n i32) (local $i i32) (local $s i32)
    (local.set $log (i32.and (local.get $log) (i32.const 15)))
    (local.set $n (i32.shl (i32.const 1) (local.get $log)))
    (if (local.get $log)
      (then
        (local.set $i (i32.const 1))
        (loop $again
          (local.set $s (i32.xor (i32.rotl (local.get $s) (i32.const 1)) (i32.shl (local.get $i) (i32.const 2))))
          (br_if $again (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $s)))
