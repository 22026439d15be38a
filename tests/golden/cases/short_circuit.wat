(module (func (export "between") (param $x i32) (result i32)
  (block $no
    (br_if $no (i32.lt_u (local.get $x) (i32.const 10)))
    (br_if $no (i32.gt_u (local.get $x) (i32.const 20)))
    (return (i32.const 1)))
  (i32.const 0)))
