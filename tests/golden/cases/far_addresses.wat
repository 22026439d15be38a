;; What an index is made of stays as it comes, unless it may take in a negative number that is held unsigned.
(module
  (memory 1)
  ;; a row that a variable step moves: normalised where it becomes an address only
  (func (export "column") (param $row i32) (param $step i32) (param $x i32) (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $row (i32.add (local.get $row) (local.get $step)))
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.add (local.get $row) (local.get $x)))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  ;; an offset from the end that counts up to zero: the sum is normalised once, not for each store
  (func (export "fill") (param $end i32) (local $i i32) (local $p i32)
    (local.set $i (i32.const -64))
    (loop $again
      (local.set $p (i32.add (local.get $end) (local.get $i)))
      (i32.store (i32.add (local.get $p) (i32.const 4)) (local.get $end))
      (i32.store (i32.add (local.get $p) (i32.const 8)) (local.get $end))
      (br_if $again (local.tee $i (i32.add (local.get $i) (i32.const 8)))))
  )
  ;; an index whose sum is compared as a signed number: lazy, that would take a test of both ends
  (func (export "skip") (param $text i32) (param $m i32) (param $n i32) (result i32) (local $i i32) (local $next i32)
    (local.set $i (local.get $m))
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.load (i32.add (local.get $text) (local.get $i)))))
      (local.set $next (i32.add (local.get $i) (local.get $m)))
      (br_if $again (i32.lt_s (local.get $next) (local.get $n))))
    (i32.add (local.get $next) (local.get $i))))
