"""Formats JSON: the text on stdin, with json_format.wasm compiled to Python.

    wasm2py compile json_format.wasm -o json_format.py
    python pretty.py < some.json

This needs wasm2py_runtime only, not the compiler.
"""

import sys

import json_format


def pretty(text: bytes, indent: int = 2) -> bytes:
    """``text`` formatted. Raises ValueError where it is no JSON."""
    app = json_format.Module()
    place = app.exports.input(len(text))
    app.exports.memory[place : place + len(text)] = text
    length = app.exports.format(len(text), indent)
    if length < 0:
        raise ValueError(f"no JSON: wrong at byte {-1 - length}")
    start = app.exports.output()
    return bytes(app.exports.memory[start : start + length])


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(pretty(sys.stdin.buffer.read()))
    except ValueError as error:
        sys.exit(f"pretty.py: {error}")
