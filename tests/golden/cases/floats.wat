(module (memory 1) (func (export "axpy") (param $a f32) (param $p i32) (param $x f64) (result f64)
  (f32.store (local.get $p) (f32.add (f32.mul (local.get $a) (f32.load offset=4 (local.get $p))) (f32.const 1.5)))
  (f64.add (f64.div (local.get $x) (f64.const 3)) (f64.convert_i32_s (i32.load (local.get $p))))))
