#!/bin/sh
# Builds the libraries of these tests with clang and wasm-ld, which `pip install ziglang` brings.
set -e
cd "$(dirname "$0")"
zig="python -m ziglang"
objects=$(mktemp -d)
for source in counting scaling optional; do
    $zig cc -target wasm32-wasi -O1 -fPIC -fvisibility=default -fno-builtin -c $source.c -o "$objects/$source.o"
done
$zig cc -target wasm32-wasi -O1 -fno-builtin -c core.c -o "$objects/core.o"
$zig wasm-ld --no-entry --export-table --growable-table --export=__stack_pointer --export=base_value --strip-all \
    "$objects/core.o" -o core.wasm
share="$zig wasm-ld --experimental-pic -shared --strip-all --unresolved-symbols=import-dynamic"
$share "$objects/scaling.o" -o scaling.wasm
$share "$objects/optional.o" -o optional.wasm
$share "$objects/counting.o" scaling.wasm -o counting.wasm
