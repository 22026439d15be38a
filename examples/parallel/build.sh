#!/bin/sh
# Builds primes.wasm; zig comes with `pip install ziglang`. Every thread is an instance with the same stack pointer, so
# the program may not need a stack in memory: clang keeps all of its variables out of it.
set -eu
cd "$(dirname "$0")"
exec python3 -m ziglang cc -target wasm32-freestanding -mcpu=generic+atomics+bulk_memory -nostdlib -O2 -g0 \
    -Wl,--no-entry -Wl,--shared-memory -Wl,--import-memory -Wl,--max-memory=131072 -Wl,-z,stack-size=1024 \
    -o primes.wasm primes.c
