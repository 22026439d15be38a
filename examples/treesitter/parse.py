"""Print the syntax tree of a Python or JSON file: ``python parse.py FILE``.

The modules come from npm, once, if they are not given by ``--core`` and ``--grammar``.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from treesitter import TreeSitter

#: The packages and the files in them.
CORE = ("web-tree-sitter@0.27.1", "web-tree-sitter.wasm")
GRAMMARS = {
    ".py": ("tree-sitter-python@0.25.0", "tree-sitter-python.wasm"),
    ".json": ("tree-sitter-json@0.24.8", "tree-sitter-json.wasm"),
}
MODULES = Path(__file__).parent / "modules"


def fetched(package: str, name: str) -> Path:
    """A module from an npm package, which is fetched if it is not there yet."""
    target = MODULES / name
    if target.exists():
        return target
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("parse.py: npm is not installed: give the modules by --core and --grammar")
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run([npm, "pack", package, "--silent"], cwd=scratch, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            sys.exit(f"parse.py: npm does not get {package}")
        (archive,) = Path(scratch).glob("*.tgz")
        with tarfile.open(archive) as contents:
            member = contents.extractfile(f"package/{name}")
            assert member is not None
            MODULES.mkdir(exist_ok=True)
            target.write_bytes(member.read())
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="what to parse")
    parser.add_argument("--core", type=Path, help="web-tree-sitter.wasm")
    parser.add_argument("--grammar", type=Path, help="tree-sitter-LANGUAGE.wasm")
    given = parser.parse_args()
    if given.grammar is None and given.file.suffix not in GRAMMARS:
        parser.error(f"{given.file}: give a --grammar for files that are not {' or '.join(GRAMMARS)}")
    core = given.core or fetched(*CORE)
    grammar = given.grammar or fetched(*GRAMMARS[given.file.suffix])
    sitter = TreeSitter(core)
    print(sitter.parse(sitter.load(grammar), given.file.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
