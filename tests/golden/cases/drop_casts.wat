;; A cast that cannot fail any more is none.
(module
  (type $a (sub (struct (field (mut i32)))))
  (type $b (sub $a (struct (field (mut i32)) (field i32))))
  (func (param $x anyref) (result i32)
    (i32.add
      (struct.get $b 1 (ref.cast (ref $b) (local.get $x)))
      (struct.get $a 0 (ref.cast (ref null $a) (local.get $x)))))
  (func (param $x (ref null $a)) (result i32)
    (if (result i32) (ref.test (ref $b) (local.get $x))
      (then (struct.get $b 1 (ref.cast (ref $b) (local.get $x))))
      (else (struct.get $a 0 (ref.cast (ref $a) (local.get $x))))))
  (func (param $x (ref null $b)) (result (ref $a))
    (if (ref.is_null (local.get $x)) (then (unreachable)))
    (ref.as_non_null (ref.cast (ref null $a) (local.get $x)))))
