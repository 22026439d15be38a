;; Imports the memory of env, as shared as it is; counts in it, and grows it.
(module
  (memory $env.memory (import "env" "memory") 1024 65536 shared)
  ;; the sum of the squares below count, which are written to memory first
  (func (export "run") (param $count i32) (result i64) (local $i i32) (local $sum i64)
    (loop $write
      (if (i32.lt_u (local.get $i) (local.get $count))
        (then
          (i32.store (i32.shl (local.get $i) (i32.const 2)) (i32.mul (local.get $i) (local.get $i)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $write))))
    (loop $read
      (if (local.get $i)
        (then
          (local.set $i (i32.sub (local.get $i) (i32.const 1)))
          (local.set $sum
            (i64.add (local.get $sum) (i64.load32_u (i32.shl (local.get $i) (i32.const 2)))))
          (br $read))))
    (local.get $sum))
  ;; one more visitor; how many there were before, whichever thread they came from
  (func (export "visit") (result i32)
    (i32.atomic.rmw.add (i32.const 0x100000) (i32.const 1)))
  (func (export "grow") (param $pages i32) (result i32)
    (memory.grow (local.get $pages))))
