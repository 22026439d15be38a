;; Writes squares into a memory that is not its own.
(module
  (import "env" "memory" (memory 1))
  (func (export "fill") (param $count i32) (local $i i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
        (i32.store
          (i32.shl (local.get $i) (i32.const 2))
          (i32.mul (local.get $i) (local.get $i)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))))
