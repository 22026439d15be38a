;; What is a sum of squares, or NaN, needs no test for its root.
(module
  (func (export "distance") (param $x f64) (param $y f64) (result f64)
    (f64.sqrt (f64.add (f64.mul (local.get $x) (local.get $x)) (f64.mul (local.get $y) (local.get $y)))))
  ;; -1 has no root in Python; and that of a NaN that is still to be quieted would not be
  (func (export "difference") (param $x f64) (param $y f64) (result f64)
    (f64.sqrt (f64.sub (f64.mul (local.get $x) (local.get $x)) (f64.mul (local.get $y) (local.get $y)))))
  (func (export "absolute") (param $x f64) (result f64) (f64.sqrt (f64.abs (local.get $x)))))
