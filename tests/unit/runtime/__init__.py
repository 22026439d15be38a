"""Tests of wasm2py_runtime alone: standard library and pytest only, Python 3.9 and later and PyPy."""
