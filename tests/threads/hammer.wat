;; What many threads do at once to one memory. All addresses are bytes; see hammer.py for the layout.
(module
  (import "env" "memory" (memory 1 1 shared))

  ;; every kind of update, on a counter of its own
  (func (export "count") (param $n i32)
    (loop $again
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (drop (i32.atomic.rmw.sub (i32.const 4) (i32.const 1)))
      (drop (i64.atomic.rmw.add (i32.const 8) (i64.const 0x100000001)))
      (drop (i32.atomic.rmw16.add_u (i32.const 16) (i32.const 1)))
      (drop (i64.atomic.rmw8.add_u (i32.const 18) (i64.const 1)))
      (drop (i32.atomic.rmw.xor (i32.const 20) (local.get $n)))
      (drop (i64.atomic.rmw32.add_u (i32.const 24) (i64.const 3)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; each thread sets and clears a bit of its own, and takes a token that there is once
  (func (export "bits") (param $n i32) (param $bit i32) (result i32) (local $wrong i32)
    (loop $again
      (local.set $wrong (i32.or (local.get $wrong)
        (i32.and (i32.atomic.rmw.or (i32.const 32) (local.get $bit)) (local.get $bit))))
      (local.set $wrong (i32.or (local.get $wrong)
        (i32.eqz (i32.and (i32.atomic.rmw.and (i32.const 32) (i32.xor (local.get $bit) (i32.const -1)))
                          (local.get $bit)))))
      (if (i32.atomic.rmw.xchg (i32.const 36) (i32.const 0))
        (then
          (i32.store (i32.const 40) (i32.add (i32.load (i32.const 40)) (i32.const 1)))
          (i32.atomic.store (i32.const 36) (i32.const 1))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $wrong))

  (func (export "compare_and_swap") (param $n i32) (local $old i64)
    (loop $again
      (local.set $old (i64.atomic.load (i32.const 48)))
      (br_if $again (i64.ne
        (i64.atomic.rmw.cmpxchg (i32.const 48) (local.get $old) (i64.add (local.get $old) (i64.const 1)))
        (local.get $old)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; a mutex of three states: free, taken, taken with others waiting
  (func $lock (param $at i32)
    (if (i32.eqz (i32.atomic.rmw.cmpxchg (local.get $at) (i32.const 0) (i32.const 1))) (then (return)))
    (loop $again
      (if (i32.eqz (i32.atomic.rmw.xchg (local.get $at) (i32.const 2))) (then (return)))
      (drop (memory.atomic.wait32 (local.get $at) (i32.const 2) (i64.const -1)))
      (br $again)))
  (func $unlock (param $at i32)
    (if (i32.eq (i32.atomic.rmw.xchg (local.get $at) (i32.const 0)) (i32.const 2))
      (then (drop (memory.atomic.notify (local.get $at) (i32.const 1))))))

  ;; plain loads and stores, alone because of the mutex
  (func (export "mutex") (param $n i32) (local $seen i32)
    (loop $again
      (call $lock (i32.const 64))
      (local.set $seen (i32.load (i32.const 68)))
      (i64.store (i32.const 72) (i64.add (i64.load (i32.const 72)) (i64.const 5)))
      (i32.store (i32.const 68) (i32.add (local.get $seen) (i32.const 1)))
      (call $unlock (i32.const 64))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; a ring of 16 numbers: mutex, how many are in it, where to take and put, and how often either was done
  (func $put (export "put") (param $value i32) (local $seen i32)
    (call $lock (i32.const 128))
    (block $room
      (loop $full
        (br_if $room (i32.lt_u (i32.load (i32.const 132)) (i32.const 16)))
        (local.set $seen (i32.atomic.load (i32.const 144)))
        (call $unlock (i32.const 128))
        (drop (memory.atomic.wait32 (i32.const 144) (local.get $seen) (i64.const -1)))
        (call $lock (i32.const 128))
        (br $full)))
    (i32.store offset=256 (i32.shl (i32.load (i32.const 140)) (i32.const 2)) (local.get $value))
    (i32.store (i32.const 140) (i32.and (i32.add (i32.load (i32.const 140)) (i32.const 1)) (i32.const 15)))
    (i32.store (i32.const 132) (i32.add (i32.load (i32.const 132)) (i32.const 1)))
    (drop (i32.atomic.rmw.add (i32.const 148) (i32.const 1)))
    (call $unlock (i32.const 128))
    (drop (memory.atomic.notify (i32.const 148) (i32.const 1))))
  (func $take (export "take") (result i32) (local $seen i32) (local $value i32)
    (call $lock (i32.const 128))
    (block $some
      (loop $empty
        (br_if $some (i32.load (i32.const 132)))
        (local.set $seen (i32.atomic.load (i32.const 148)))
        (call $unlock (i32.const 128))
        (drop (memory.atomic.wait32 (i32.const 148) (local.get $seen) (i64.const -1)))
        (call $lock (i32.const 128))
        (br $empty)))
    (local.set $value (i32.load offset=256 (i32.shl (i32.load (i32.const 136)) (i32.const 2))))
    (i32.store (i32.const 136) (i32.and (i32.add (i32.load (i32.const 136)) (i32.const 1)) (i32.const 15)))
    (i32.store (i32.const 132) (i32.sub (i32.load (i32.const 132)) (i32.const 1)))
    (drop (i32.atomic.rmw.add (i32.const 144) (i32.const 1)))
    (call $unlock (i32.const 128))
    (drop (memory.atomic.notify (i32.const 144) (i32.const 1)))
    (local.get $value))
  (func (export "produce") (param $n i32)
    (loop $again
      (call $put (local.get $n))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "consume") (param $n i32) (result i64) (local $sum i64)
    (loop $again
      (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (call $take))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; messages: a plain store is seen by whoever sees the flag that is stored after it
  (func (export "send") (param $n i32)
    (loop $again
      (i32.store (i32.const 400) (local.get $n))
      (i32.atomic.store (i32.const 404) (i32.const 1))
      (loop $taken (br_if $taken (i32.atomic.load (i32.const 404))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "receive") (param $n i32) (result i64) (local $sum i64)
    (loop $again
      (loop $sent (br_if $sent (i32.eqz (i32.atomic.load (i32.const 404)))))
      (local.set $sum (i64.add (local.get $sum) (i64.load32_u (i32.const 400))))
      (i32.atomic.store (i32.const 404) (i32.const 0))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; a barrier: how many have come, and how often all have
  (func $barrier (param $parties i32) (local $meeting i32)
    (local.set $meeting (i32.atomic.load (i32.const 708)))
    (if (i32.eq (i32.add (i32.atomic.rmw.add (i32.const 704) (i32.const 1)) (i32.const 1)) (local.get $parties))
      (then
        (i32.atomic.store (i32.const 704) (i32.const 0))
        (drop (i32.atomic.rmw.add (i32.const 708) (i32.const 1)))
        (drop (memory.atomic.notify (i32.const 708) (i32.const -1)))
        (return)))
    (loop $early
      (drop (memory.atomic.wait32 (i32.const 708) (local.get $meeting) (i64.const -1)))
      (br_if $early (i32.eq (i32.atomic.load (i32.const 708)) (local.get $meeting)))))
  ;; how often a meeting began without all, or before the one before had ended
  (func (export "meet") (param $n i32) (param $parties i32) (result i32) (local $expected i32) (local $wrong i32)
    (loop $again
      (local.set $expected (i32.add (local.get $expected) (local.get $parties)))
      (drop (i32.atomic.rmw.add (i32.const 720) (i32.const 1)))
      (call $barrier (local.get $parties))
      (local.set $wrong (i32.add (local.get $wrong)
        (i32.ne (i32.atomic.load (i32.const 720)) (local.get $expected))))
      (call $barrier (local.get $parties))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $wrong))

  ;; waits for a plain store of another thread
  (func (export "spin") (loop $again (br_if $again (i32.eqz (i32.load (i32.const 500))))))
  (func (export "stop_spinning") (i32.store (i32.const 500) (i32.const 1)))

  (func (export "wait") (param $timeout i64) (result i32)
    (memory.atomic.wait32 (i32.const 600) (i32.const 0) (local.get $timeout)))
  (func (export "wait64") (param $expected i64) (param $timeout i64) (result i32)
    (memory.atomic.wait64 (i32.const 600) (local.get $expected) (local.get $timeout)))
  (func (export "notify") (param $count i32) (result i32)
    (memory.atomic.notify (i32.const 600) (local.get $count))))
