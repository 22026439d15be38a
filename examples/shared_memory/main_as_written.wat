;; Imports the memory of env, but wants another one: larger, and not shared. This does not link.
(module
  (memory $env.memory (import "env" "memory") 1024)
  (func (export "run") (param $count i32) (result i64)
    (i64.load32_u (i32.shl (local.get $count) (i32.const 2)))))
