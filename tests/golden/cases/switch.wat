(module (memory 1)
  (func (export "case") (param $x i32) (result i32)
  (block $d (block $c (block $b (block $a
    (br_table $a $b $b $c $d (local.get $x)))
    (return (i32.const 10)))
    (return (i32.const 20)))
    (return (i32.const 30)))
  (i32.const 40))
  ;; a character: its number is compared, not the index
  (func (export "class") (param $c i32) (result i32)
    (block $other (block $bracket (block $quote
      (br_table $quote $other $bracket $bracket $other
        (i32.sub (i32.load8_u (local.get $c)) (i32.const 38))))
      (return (i32.const 1)))
      (return (i32.const 2)))
    (i32.const 0))
  ;; an index that wraps around into the table
  (func (export "wraps") (param $x i32) (result i32)
    (block $d (block $b (block $a
      (br_table $a $b $d (i32.add (local.get $x) (i32.const 5))))
      (return (i32.const 10)))
      (return (i32.const 20)))
    (i32.const 30)))
