"""``python -m wasm2py``."""

import sys

from wasm2py.cli import main

if __name__ == "__main__":
    sys.exit(main())
