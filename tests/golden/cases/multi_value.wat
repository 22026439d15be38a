(module
  (func $two (param i32) (result i32 i64) (local.get 0) (i64.extend_i32_s (local.get 0)))
  (func (export "first") (param i32) (result i32) (call $two (local.get 0)) (drop))
  (func (export "looped") (param i32) (result i32) (local.get 0) (i32.const 1)
    (loop $l (param i32 i32) (result i32)
      (local.set 0) (i32.const 1) (i32.sub) (local.get 0) (i32.const 2) (i32.mul)
      (br_if $l (i32.lt_u (local.get 0) (i32.const 100)))
      (drop))))
