(module (memory 1) (func (export "count") (param $p i32) (param $end i32) (param $limit i32) (result i32) (local $n i32)
  (block $out (loop $l
    (br_if $out (i32.eq (local.get $p) (local.get $end)))
    (if (i32.lt_s (i32.load (local.get $p)) (i32.shr_s (i32.load offset=4 (local.get $p)) (i32.const 2)))
      (then (local.set $n (i32.add (local.get $n) (i32.const 1)))))
    (local.set $p (i32.add (local.get $p) (i32.const 8)))
    (br $l)))
  (local.get $n)))
