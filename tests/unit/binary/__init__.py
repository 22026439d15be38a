"""Tests of wasm2py.binary. All modules are written here byte by byte: no data from outside."""
