(module (func (export "case") (param $x i32) (result i32)
  (block $d (block $c (block $b (block $a
    (br_table $a $b $b $c $d (local.get $x)))
    (return (i32.const 10)))
    (return (i32.const 20)))
    (return (i32.const 30)))
  (i32.const 40)))
