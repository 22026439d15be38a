"""The examples and the README do what they say."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.shared import REPOSITORY
from wasm2py.cli import main

EXAMPLES = REPOSITORY / "examples"
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Modules made in ``tmp_path`` are found, and the cache is there."""
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "WASM2PY_CACHE_DIR": str(tmp_path / "cache")}


def run(program: Path, environment: dict[str, str], text: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(program)]
    return subprocess.run(command, input=text, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("level", ["-O0", "-O2"])
def test_json_format(tmp_path: Path, environment: dict[str, str], level: str) -> None:
    wasm = EXAMPLES / "json_format" / "json_format.wasm"
    assert main(["compile", str(wasm), "-o", str(tmp_path / "json_format.py"), level]) == 0
    program = EXAMPLES / "json_format" / "pretty.py"
    value = {"text": 'a "b" \\ ü', "list": [1, -2.5e3, True, None, [0]], "object": {"deep": {"er": "\n"}}}
    done = run(program, environment, json.dumps(value))
    assert done.stdout == json.dumps(value, indent=2) + "\n"
    wrong = run(program, environment, '{"a":}')
    assert wrong.returncode == 1
    assert wrong.stderr == "pretty.py: no JSON: wrong at byte 5\n"


SHARED = """== as-written
main_as_written: 1 import does not link
  env.memory: incompatible import type, expected memory 1024.., given memory 102..65536 shared: \
it is shared and the import is not (import it as shared, with a maximum, or share nothing); \
it has 102 pages and 1024 are needed (make it larger, or let it grow first); \
what fits is (import "env" "memory" (memory 102 65536 shared))
== provider
sum 332833500
Python reads 9 and sees 1024 pages
after growth 1026
== constructor
sum 332833500 third square 9
== linker
visits 0 1 2
== threads
visits 8000
"""


def test_shared_memory(environment: dict[str, str]) -> None:
    for _ in range(2):  # compiled, and from the cache
        done = run(EXAMPLES / "shared_memory" / "share.py", environment)
        assert done.stdout == SHARED, done.stderr


def test_shared_memory_as_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Text and binary are the same modules; the command says the same, and exits with 1."""
    pytest.importorskip("wasmtime")
    directory = EXAMPLES / "shared_memory"
    for suffix in ("wat", "wasm"):
        words = [f"{directory}/main_as_written.{suffix}", "--preload", f"env={directory}/env.{suffix}"]
        assert main(["run", *words, "--invoke", "run", "--", "3"]) == 1
        error = capsys.readouterr().err
        assert "it is shared and the import is not" in error and "it has 102 pages and 1024 are needed" in error


def test_readme_says_what_the_package_has() -> None:
    """Every name that the Python in README and docs uses of our packages exists."""
    import wasm2py

    texts = [README, *[path.read_text(encoding="utf-8") for path in (REPOSITORY / "docs").glob("*.md")]]
    blocks = [block for text in texts for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL)]
    assert len(blocks) > 10
    for node in (node for block in blocks for node in ast.walk(ast.parse(block))):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("wasm2py_runtime"):
            for name in [alias.name for alias in node.names]:
                place = import_module(str(node.module))
                assert hasattr(place, name) or find_spec(f"{node.module}.{name}"), name
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "wasm2py":
            assert hasattr(wasm2py, node.attr), node.attr


def test_readme_lists_the_commands() -> None:
    for command in ("compile", "run", "inspect", "validate", "cache"):
        assert f"wasm2py {command} " in README


def test_parallel(environment: dict[str, str]) -> None:
    """One thread, two threads of Python and two processes count the same primes."""
    command = [sys.executable, str(EXAMPLES / "parallel" / "primes.py"), "20000"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    lines = done.stdout.splitlines()
    assert [line.partition(",")[0] for line in lines] == [
        f"{way}: 2262 primes" for way in ("one thread", "two threads", "two processes")
    ], done.stderr


def test_links_between_documents_lead_somewhere() -> None:
    for path in [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *(REPOSITORY / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
