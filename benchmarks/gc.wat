;; Work on structures and arrays; benchmarks/gc_twin.py does the same by hand.
(module
  (type $node (struct (field $value (mut i32)) (field $next (ref null $node))))
  (type $tree (struct (field $left (ref null $tree)) (field $right (ref null $tree))))
  (type $shape (sub (struct (field $area i32))))
  (type $circle (sub final $shape (struct (field i32))))
  (type $square (sub $shape (struct (field i32))))
  (type $cube (sub final $square (struct (field i32))))
  (type $numbers (array (mut i32)))

  (global $root (mut (ref null $node)) (ref.null $node))

  (func $build (param $n i32) (result (ref null $node)) (local $list (ref null $node))
    (loop $again
      (if (local.get $n) (then
        (local.set $list (struct.new $node (local.get $n) (local.get $list)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $again))))
    (local.get $list))

  (func $sum (param $list (ref null $node)) (result i32) (local $sum i32)
    (block $end
      (loop $again
        (drop (br_on_null $end (local.get $list)))
        (local.set $sum (i32.add (local.get $sum) (struct.get $node $value (local.get $list))))
        (local.set $list (struct.get $node $next (local.get $list)))
        (br $again)))
    (local.get $sum))

  (func (export "linked_list") (param $n i32) (result i32)
    (call $sum (call $build (local.get $n))))

  ;; for tests of what becomes of a list that nothing holds any more
  (func (export "build") (param $n i32) (result (ref null $node)) (call $build (local.get $n)))
  (func (export "sum") (param $list (ref null $node)) (result i32) (call $sum (local.get $list)))
  (func (export "keep") (param $n i32) (global.set $root (call $build (local.get $n))))

  (func $grow (param $depth i32) (result (ref null $tree))
    (if (result (ref null $tree)) (local.get $depth)
      (then (struct.new $tree
        (call $grow (i32.sub (local.get $depth) (i32.const 1)))
        (call $grow (i32.sub (local.get $depth) (i32.const 1)))))
      (else (struct.new_default $tree))))

  (func $count (param $tree (ref null $tree)) (result i32)
    (if (result i32) (ref.is_null (local.get $tree))
      (then (i32.const 0))
      (else (i32.add (i32.const 1) (i32.add
        (call $count (struct.get $tree $left (local.get $tree)))
        (call $count (struct.get $tree $right (local.get $tree))))))))

  (func (export "tree") (param $depth i32) (result i32)
    (call $count (call $grow (local.get $depth))))

  (func $area (param $shape (ref null $shape)) (result i32)
    (block $other (result (ref null $shape))
      (block $is_circle (result (ref $circle))
        (block $is_square (result (ref $square))
          (br_on_cast $is_circle (ref null $shape) (ref $circle) (local.get $shape))
          (br_on_cast $is_square (ref null $shape) (ref $square))
          (br $other))
        (return (i32.mul (struct.get $square 0) (i32.const 2))))
      (return (struct.get $circle 0)))
    (i32.mul (struct.get $shape 0) (i32.const 3)))

  (func (export "casts") (param $n i32) (result i32)
    (local $sum i32) (local $a (ref null $shape)) (local $b (ref null $shape)) (local $c (ref null $shape))
    (local $t (ref null $shape))
    (local.set $a (struct.new $circle (i32.const 1)))
    (local.set $b (struct.new $cube (i32.const 2)))
    (local.set $c (struct.new $shape (i32.const 3)))
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (call $area (local.get $a))))
      (local.set $t (local.get $a))
      (local.set $a (local.get $b))
      (local.set $b (local.get $c))
      (local.set $c (local.get $t))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  (func (export "sieve") (param $n i32) (result i32)
    (local $a (ref $numbers)) (local $i i32) (local $j i32) (local $c i32)
    (local.set $a (array.new $numbers (i32.const 1) (local.get $n)))
    (local.set $i (i32.const 2))
    (loop $outer
      (if (array.get $numbers (local.get $a) (local.get $i)) (then
        (local.set $c (i32.add (local.get $c) (i32.const 1)))
        (local.set $j (i32.add (local.get $i) (local.get $i)))
        (block $done (loop $inner
          (br_if $done (i32.ge_u (local.get $j) (local.get $n)))
          (array.set $numbers (local.get $a) (local.get $j) (i32.const 0))
          (local.set $j (i32.add (local.get $j) (local.get $i)))
          (br $inner)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $outer (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $c)))
