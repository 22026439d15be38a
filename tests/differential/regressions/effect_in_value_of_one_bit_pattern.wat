;; [["grow", []], ["size", []], ["shifted", []], ["size", []], ["remainder", []], ["remainder_f32", []]]
;; Addresses that can only be 0, made by instructions with an effect or a trap: it was dropped.
(module
  (memory (export "memory") 1 3)
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (result i32) (i32.load (i32.and (memory.grow (i32.const 1)) (i32.const 0))))
  (func (export "shifted") (result f32) (f32.load (i32.shr_u (i32.const 0) (memory.grow (i32.const 1)))))
  (func (export "remainder") (result i32) (i32.load (i32.rem_u (i32.const 1) (i32.const 0))))
  (func (export "remainder_f32") (drop (f32.load (i32.rem_u (i32.const 1) (i32.const 0))))))
