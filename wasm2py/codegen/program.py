"""What a WASI command has in its Python beside the class ``Module``: a function that runs it, and that it is a script.

before:  class Module(abi.Module): …     after:  class Module(abi.Module): …

                                                 def main(args=None, linker=None, **config): …

                                                 if __name__ == "__main__":
                                                     raise SystemExit(main())

In a package the last two lines stand in ``__main__.py``, for ``python -m``. Nothing else in a generated module has the
name ``main``: functions of that name stand in holders.
"""

from __future__ import annotations

from wasm2py.ir.spaces import IndexSpaces
from wasm2py.types import FuncType

MAIN = '''

def main(args=None, linker=None, **config):
    """Run the program and give its exit code: see wasm2py_runtime.wasi.program.main."""
    from wasm2py_runtime.wasi import program
    return program.main(Module, args, linker, **config)
'''
RUN_MAIN = """

if __name__ == "__main__":
    raise SystemExit(main())
"""
PACKAGE_MAIN = """
from . import main

raise SystemExit(main())
"""


def is_command(spaces: IndexSpaces) -> bool:
    """Whether the module is a program: it exports a function ``_start`` that takes and gives nothing (WASI's ABI)."""
    starts = [export for export in spaces.module.exports if (export.name, export.kind) == ("_start", "func")]
    return any(spaces.function_type(export.index) == FuncType((), ()) for export in starts)
