;; A select passes on what it chooses in the form that it has; its condition may read memory.
(module
  (memory 1)
  ;; a row of the edit distance: minima of signed numbers, stored and used in the next round
  (func (export "least") (param $p i32) (param $left i32) (param $end i32) (local $up i32)
    (loop $again
      (local.set $up (i32.add (i32.load (local.get $p)) (i32.const 1)))
      (local.set $left (i32.add (local.get $left) (i32.const 1)))
      (i32.store (local.get $p)
        (local.tee $left
          (select (local.get $left) (local.get $up) (i32.lt_s (local.get $left) (local.get $up)))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $again (i32.ne (local.get $p) (local.get $end)))))
  (func (export "larger_child") (param $p i32) (param $i i32) (result i32) (local $j i32)
    (local.set $j (i32.add (local.get $i) (i32.const 4)))
    (select (local.get $j) (local.get $i) (i32.lt_s (i32.load (local.get $i)) (i32.load (local.get $j)))))
  ;; the operands of a select are both evaluated
  (func (export "both_read") (param $p i32) (param $q i32) (result i32)
    (select (i32.load (local.get $p)) (i32.load (local.get $q)) (i32.load offset=8 (local.get $p)))))
