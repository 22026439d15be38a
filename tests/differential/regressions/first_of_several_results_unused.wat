;; [["last", [7, 9]], ["middle", [7, 9]], ["first", [7, 9]], ["none", [7, 9]]]
;; The unused results of a call had no target in the assignment.
(module
  (func $swap (param i64 i64) (result i64 i64 i64) (local.get 1) (local.get 0) (i64.const 3))
  (func (export "last") (param i64 i64) (result i64)
    (local i64)
    (call $swap (local.get 0) (local.get 1)) (local.set 2) (drop) (drop) (local.get 2))
  (func (export "middle") (param i64 i64) (result i64)
    (local i64)
    (call $swap (local.get 0) (local.get 1)) (drop) (local.set 2) (drop) (local.get 2))
  (func (export "first") (param i64 i64) (result i64)
    (call $swap (local.get 0) (local.get 1)) (drop) (drop))
  (func (export "none") (param i64 i64)
    (call $swap (local.get 0) (local.get 1)) (drop) (drop) (drop)))
