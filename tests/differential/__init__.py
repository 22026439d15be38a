"""Random modules, run by wasm2py and by wasmtime: same results, same traps, same state afterwards."""
