#!/bin/sh
# Builds json_format.wasm; zig comes with `pip install ziglang`.
set -eu
cd "$(dirname "$0")"
exec python3 -m ziglang cc -target wasm32-freestanding -mcpu=mvp -nostdlib -O2 -g0 \
    -Wl,--no-entry -Wl,--export=input -Wl,--export=format -Wl,--export=output \
    -o json_format.wasm json_format.c
