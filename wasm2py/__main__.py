"""The command ``wasm2py`` and ``python -m wasm2py``. Pythons that are too old for the compiler read this file too."""

from __future__ import annotations

import sys

from wasm2py import needed_python


def main() -> int:
    """Carry out the command line and give the exit code (see cli.py)."""
    if needed_python():
        print(f"wasm2py: error: {needed_python()}", file=sys.stderr)
        return 2
    from wasm2py.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(main())
