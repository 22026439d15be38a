"""The tests of wasm2py; a package, so that ``python -m tests.spec`` and its kin run from a checkout."""
