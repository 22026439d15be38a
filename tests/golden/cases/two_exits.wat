;; a loop with a small exit that joins the other one again; a loop with two exits that go on at different places
(module (memory 1)
  (func (export "escape") (param $x f64) (result i32) (local $n i32) (local $y f64)
    (block $end (block $early
      (loop $next
        (br_if $end (f64.gt (local.get $y) (f64.const 4)))
        (local.set $y (f64.add (f64.mul (local.get $y) (local.get $y)) (local.get $x)))
        (br_if $early (f64.gt (local.get $y) (f64.const 4)))
        (br_if $next (i32.ne (local.tee $n (i32.add (local.get $n) (i32.const 2))) (i32.const 64))))
      (br $end))
      (local.set $n (i32.add (local.get $n) (i32.const 1))))
    (i32.mul (local.get $n) (local.get $n)))
  (func (export "search") (param $text i32) (param $last i32) (result i32) (local $j i32)
    (block $found (loop $outer
      (local.set $j (local.get $last))
      (block $differ (loop $compare
        (br_if $differ (i32.ne
          (i32.load8_u (i32.add (local.get $text) (local.get $j))) (i32.load8_u offset=100 (local.get $j))))
        (br_if $found (i32.eqz (local.get $j)))
        (local.set $j (i32.sub (local.get $j) (i32.const 1)))
        (br $compare)))
      (local.set $text (i32.add (local.get $text) (i32.load8_u offset=200 (local.get $j))))
      (br_if $outer (i32.lt_u (local.get $text) (i32.const 1000))))
      (local.set $text (i32.const -1)))
    (i32.store (i32.const 0) (local.get $text))
    (i32.add (local.get $text) (local.get $last))))
