;; [["f", [100]], ["f", [2147483648]]]
;; A result of a call with several results is unsigned as it comes, also where it is used as a signed number only.
(module
  (func $two (param i32) (result i32 i32) (i32.sub (i32.const 0) (local.get 0)) (i32.const 1))
  (func (export "f") (param $n i32) (result i32) (local $a i32) (local $b i32)
    (call $two (local.get $n))
    (local.set $b)
    (local.set $a)
    (i32.add
      (i32.add (i32.lt_s (local.get $a) (i32.const 5)) (i32.lt_s (local.get $a) (local.get $n)))
      (i32.add (i32.lt_s (local.get $a) (local.get $b)) (i32.shr_s (local.get $a) (i32.const 3))))))
