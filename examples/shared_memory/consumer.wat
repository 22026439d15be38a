;; Adds up what is in a memory that is not its own.
(module
  (import "env" "memory" (memory 1))
  (func (export "sum") (param $count i32) (result i64) (local $i i32) (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
        (local.set $sum
          (i64.add
            (local.get $sum)
            (i64.load32_u (i32.shl (local.get $i) (i32.const 2)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
