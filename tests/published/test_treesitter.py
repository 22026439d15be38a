"""Dynamic linking of published modules: two grammars in one core of tree-sitter, by the example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.published.packages import PUBLISHED, module
from tests.support.examples import example
from tests.support.shared import REPOSITORY

#: What web-tree-sitter itself gives for these texts, in node.
PYTHON = 'def f(x):\n    """Ä 😀"""\n    if x:\n        return [y for y in range(x)]\n\nclass C(\n'
PYTHON_TREE = (
    "(module (function_definition name: (identifier) parameters: (parameters (identifier)) body: (block "
    "(expression_statement (string (string_start) (string_content) (string_end))) (if_statement condition: "
    "(identifier) consequence: (block (return_statement (list_comprehension body: (identifier) (for_in_clause left: "
    "(identifier) right: (call function: (identifier) arguments: (argument_list (identifier)))))))))) "
    "(ERROR (identifier)))"
)
JSON = '{"a": [1, , 2}'
JSON_TREE = (
    '(document (object (pair key: (string (string_content)) value: (array (number) (ERROR) (number) (MISSING "]")))))'
)


@pytest.fixture(scope="module")
def sitter(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return example("treesitter", "treesitter").TreeSitter(saved("tree-sitter-core", tmp_path_factory.mktemp("core")))


def saved(name: str, folder: Path) -> Path:
    path = folder / f"{name}.wasm"
    path.write_bytes(module(PUBLISHED[name]))
    return path


def test_two_grammars_in_one_core(sitter: Any, tmp_path: Path) -> None:
    json, python = (sitter.load(saved(f"tree-sitter-{name}", tmp_path)) for name in ("json", "python"))
    for _ in range(2):
        assert sitter.parse(python, PYTHON) == PYTHON_TREE
        assert sitter.parse(json, JSON) == JSON_TREE
    first, second = list(sitter.linker.libraries.values())[-2:]
    assert first.memory is second.memory is sitter.memory
    assert first.table is second.table is sitter.host.table
    assert first.table_base < second.table_base


def test_a_long_text_is_given_in_pieces(sitter: Any, tmp_path: Path) -> None:
    language = sitter.load(saved("tree-sitter-python", tmp_path))
    text = (REPOSITORY / "tests" / "published" / "packages.py").read_text(encoding="utf-8")
    assert len(text) > 5000
    tree = sitter.parse(language, text)
    assert "ERROR" not in tree
    assert tree.count("(function_definition") == text.count("\ndef ") + text.count("    def ")
