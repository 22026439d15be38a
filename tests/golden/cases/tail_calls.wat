;; a function's own tail call is a loop; others are handed to whoever called normally; a normal call knows nothing of it
(module
  (type $f (func (param i32 i32) (result i32)))
  (table 1 funcref)
  (func $sum (export "sum") (type $f)
    (if (result i32) (i32.eqz (local.get 0)) (then (local.get 1))
      (else (return_call $sum (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (local.get 0))))))
  (func $even (export "even") (type $f)
    (if (result i32) (i32.eqz (local.get 0)) (then (local.get 1))
      (else (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (i32.xor (local.get 1) (i32.const 1))))))
  (func $odd (type $f) (return_call_indirect (type $f) (local.get 0) (local.get 1) (i32.const 0)))
  (func (export "plain") (type $f) (i32.add (call $even (local.get 0) (local.get 1)) (i32.const 1))))
