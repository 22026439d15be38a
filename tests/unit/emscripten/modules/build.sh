#!/bin/sh
# Builds the modules of these tests with clang and wasm-ld, which `pip install ziglang` brings.
set -e
cd "$(dirname "$0")"
zig="python -m ziglang"
objects=$(mktemp -d)
for source in jump support cxxabi; do
    $zig cc -target wasm32-emscripten -O1 -fexceptions -mllvm -enable-emscripten-sjlj -c $source.c -o "$objects/$source.o"
done
$zig c++ -target wasm32-emscripten -O1 -fexceptions -fcxx-exceptions -mllvm -enable-emscripten-cxx-exceptions \
    -c throw.cpp -o "$objects/throw.o"
link="$zig wasm-ld --no-entry --allow-undefined --export-table --strip-all"
$link "$objects/jump.o" "$objects/support.o" -o jump.wasm
$link "$objects/throw.o" "$objects/cxxabi.o" "$objects/support.o" -o throw.wasm
