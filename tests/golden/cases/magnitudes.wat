;; A sum of results mostly stays within its bits, one that has been multiplied does not.
(module
  (func $count (export "count") (param i32) (result i32)
    (local i32)
    (loop $more
      (local.set 1 (i32.add (local.get 1) (call $count (i32.sub (local.get 0) (i32.const 1)))))
      (local.set 0 (i32.sub (local.get 0) (i32.const 2)))
      (br_if $more (i32.gt_u (local.get 0) (i32.const 1))))
    (i32.add (local.get 0) (local.get 1)))
  (func (export "hash") (param i32 i32 i32) (result i32)
    (i32.add (i32.add (i32.mul (local.get 0) (i32.const 31)) (local.get 1)) (local.get 2)))
  (func (export "constant") (param i32 i32 i32) (result i32)
    (i32.add (i32.add (i32.add (local.get 0) (i32.const 0x5be0cd19)) (local.get 1)) (local.get 2)))
  (func (export "sum") (param i32 i32 i32) (result i32)
    (i32.add (i32.add (local.get 0) (local.get 1)) (local.get 2))))
