;; [["clz32", []], ["clz64", []], ["ctz32", []], ["popcnt64", []]]
;; Was printed as "32 - 0.bit_length()", which is no Python.
(module
  (func (export "clz32") (result i32) (i32.clz (i32.const 0)))
  (func (export "clz64") (result i64) (i64.clz (i64.const 256)))
  (func (export "ctz32") (result i32) (i32.ctz (i32.const 0)))
  (func (export "popcnt64") (result i64) (i64.popcnt (i64.const -1))))
