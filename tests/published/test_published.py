"""Published modules compile, link, and one of them works.

``WASM2PY_PUBLISHED=all`` takes the large ones too, which is a download of 170 MB and some minutes.
"""

from __future__ import annotations

import os
from functools import cache
from types import ModuleType
from typing import Any

import pytest

import wasm2py
from tests.published.dart_glue import Formatter
from tests.published.packages import PUBLISHED, Published, module
from wasm2py.options import Options
from wasm2py_runtime import Global, GlobalType, Memory, MemoryType, Table, TableType, js_string

ALL = os.environ.get("WASM2PY_PUBLISHED") == "all"


@cache
def load(published: Published) -> ModuleType:
    return wasm2py.load(module(published), options=Options(features=published.features), cache=False)


def stand_in(type: Any) -> Any:
    """Something of the type of an import that is not going to be used."""
    if isinstance(type, MemoryType):
        return Memory.of_type(type)

    def unused(*arguments: Any) -> Any:
        raise AssertionError("an import is called")

    if isinstance(type, TableType):
        return Table.of_type(type)
    if isinstance(type, GlobalType):
        return Global(type.value_type, 0, type.mutable)
    return unused


@pytest.mark.parametrize("name", PUBLISHED)
def test_valid(name: str) -> None:
    if PUBLISHED[name].large and not ALL:
        pytest.skip("large: WASM2PY_PUBLISHED=all")
    wasm2py.check(module(PUBLISHED[name]), features=PUBLISHED[name].features)


@pytest.mark.parametrize("name", PUBLISHED)
def test_instance(name: str) -> None:
    """It compiles and links. What starts by itself is left at that: its environment is missing."""
    if PUBLISHED[name].large and not ALL:
        pytest.skip("large: WASM2PY_PUBLISHED=all")
    made = load(PUBLISHED[name]).Module
    given = {entry.keyword: stand_in(entry.type) for entry in made.IMPORTS}
    given.update(js_string.imports(made, constants="S"))
    try:
        instance = made(**given)
    except AssertionError as called:
        assert str(called) == "an import is called"
    else:
        assert len(instance.exports) == len(made.EXPORTS)


SOURCE = """import 'dart:math';
class Point{final int x,y;const Point(this.x,this.y);
double get length=>sqrt(x*x+y*y);}
void main( ) { var points=[Point(3,4),Point(5,12)]; // two of them 😀
for(var p in points)print("${p.length}") ;}
"""
FORMATTED = """import 'dart:math';

class Point {
  final int x, y;
  const Point(this.x, this.y);
  double get length => sqrt(x * x + y * y);
}

void main() {
  var points = [Point(3, 4), Point(5, 12)]; // two of them 😀
  for (var p in points) print("${p.length}");
}
"""


def test_dart_formatter() -> None:
    """GC, exceptions and JS strings: a program of 213,100 instructions does its work."""
    formatter = Formatter(load(PUBLISHED["dart-format"]))
    assert formatter.format(SOURCE, "points.dart") == FORMATTED
    assert formatter.format(FORMATTED, "points.dart") == FORMATTED
    with pytest.raises(ValueError, match=r"line 1, column 13 of wrong\.dart: A function body must be provided"):
        formatter.format("void main( {", "wrong.dart")
