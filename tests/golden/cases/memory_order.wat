;; the load must stay before the store, and before the call
(module (memory 1)
  (func $f (param i32) (result i32) (i32.store (i32.const 0) (local.get 0)) (i32.const 7))
  (func (export "swap") (param $p i32) (result i32) (local $old i32)
    (local.set $old (i32.load offset=4 (local.get $p)))
    (i32.store offset=4 (local.get $p) (i32.add (local.get $old) (i32.const 1)))
    (i32.add (i32.load (local.get $p)) (call $f (local.get $old)))))
