;; [["f", [8, 3]], ["f", [1024, -1]]]
;; The variable of the address was used again for what was loaded first, and the other load read from there.
(module
  (memory (export "memory") 1)
  (func $work (param $p i32) (param $k i64)
    (local $address i32) (local $late i64) (local $early i64) (local $twice i64)
    (local.set $address (i32.sub (local.get $p) (i32.const 4)))
    (local.set $twice (i64.mul (local.get $k) (local.get $k)))
    (local.set $late (i64.load offset=8 (local.get $address)))
    (local.set $early (i64.xor (i64.xor (i64.load (local.get $address)) (local.get $twice)) (i64.shr_u (local.get $twice) (i64.const 7))))
    (i64.store (local.get $p) (i64.add (local.get $early) (local.get $k)))
    (i64.store offset=8 (local.get $p) (i64.sub (local.get $late) (local.get $early))))
  (func (export "f") (param $p i32) (param $k i64) (result i64)
    (i64.store (local.get $p) (i64.const 0x123456789abcdef0))
    (i64.store offset=8 (local.get $p) (i64.const 0x0fedcba987654321))
    (if (local.get $p)
      (then
        (call $work (local.get $p) (local.get $k))))
    (i64.add (i64.load (local.get $p)) (i64.load offset=8 (local.get $p)))))
