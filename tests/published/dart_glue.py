"""What JavaScript does for the module of ``@wasm-fmt/dart_fmt``, in Python: the imports that formatting calls.

The numbers are those of dart2wasm, new with every release of the package. A JS array is a list, a regular expression
a compiled one, ``undefined`` an object of its own, and numbers and booleans are as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from types import ModuleType, SimpleNamespace
from typing import Any

from wasm2py_runtime import FuncType, Linker, js_string

UNDEFINED = object()
#: what dart2wasm calls the kinds of JS values
_KINDS = {bool: 2, int: 3, float: 3, str: 4, list: 5}


class RegExp:
    def __init__(self, source: str, flags: str) -> None:
        self.source, self.flags, self.last_index = source, flags, 0
        options = (re.IGNORECASE if "i" in flags else 0) | (re.MULTILINE if "m" in flags else 0)
        named = re.sub(r"\(\?<(?=\w)", "(?P<", source)
        self.compiled = re.compile(named, options)

    def exec(self, text: str) -> Any:
        start = self.last_index if set("gy") & set(self.flags) else 0
        found = (self.compiled.match if "y" in self.flags else self.compiled.search)(text, start)
        self.last_index = found.end() if found else 0
        return Match(found) if found else None


class Match(list[Any]):
    def __init__(self, found: re.Match[str]) -> None:
        groups = [UNDEFINED if group is None else group for group in (found.group(), *found.groups())]
        super().__init__(groups)
        self.index = found.start()


class Formatter:
    """An instance of the module that has run its main function."""

    def __init__(self, module: ModuleType) -> None:
        linker = Linker()
        js_string.define(linker, constants="S")
        glue = self._glue()
        for wanted in module.Module.IMPORTS:
            if wanted.module == "dart2wasm" and isinstance(wanted.type, FuncType):
                linker.define(wanted.module, wanted.name, glue.get(wanted.name) or _missing(wanted.name))
        self.exports = linker.instantiate(module).exports
        self.exports["$invokeMain"]([])

    def format(self, source: str, name: str) -> str:
        """Formatted Dart. ValueError with the message of the formatter."""
        options = json.dumps({"lineEnding": "\n"})
        result = self.entry(js_string.to_code_units(source), name, options)
        if not result.success:
            raise ValueError(result.error)
        return js_string.from_code_units(result.code)

    def _wrapper(self, export: str, count: int) -> Callable[[Any], Any]:
        def finalize(function: Any) -> Any:
            def wrapped(*arguments: Any) -> Any:
                given = [*arguments, *[UNDEFINED] * count][:count]
                return self.exports[export](function, len(arguments), *given)

            wrapped.dart_function = function  # type: ignore[attr-defined]
            return wrapped

        return finalize

    def _glue(self) -> dict[str, Callable[..., Any]]:
        return {
            "_36": lambda count: [UNDEFINED] * int(count),
            "_38": len,
            "_40": lambda array, index: array[int(index)],
            "_41": lambda array, index, value: array.__setitem__(int(index), value),
            "_78": lambda: "",
            "_82": lambda: "file:///",
            "_83": lambda: False,
            "_99": json.dumps,
            "_100": print,
            "_101": str.replace,
            "_103": str.lower,
            "_104": str.upper,
            "_105": str.strip,
            "_108": lambda text, times: text * int(times),
            "_109": lambda text, part, start: text.find(part, start),
            "_111": str.split,
            "_110": lambda text, part, last: text.rfind(part, 0, int(last) + len(part)),
            "_112": _same,
            "_113": lambda value: isinstance(value, list),
            "_124": lambda array: float(len(array)),
            "_126": lambda array, index: array[index],
            "_181": SimpleNamespace,
            "_182": lambda result, value: setattr(result, "success", value),
            "_183": lambda result, value: setattr(result, "code", value),
            "_184": lambda result, value: setattr(result, "error", value),
            "_185": lambda function: setattr(self, "entry", function),
            "_186": self._wrapper("_186", 3),
            "_205": RegExp,
            "_206": RegExp.exec,
            "_210": lambda value: value is UNDEFINED,
            "_212": lambda value: hasattr(value, "dart_function"),
            "_207": lambda regexp, text: regexp.exec(text) is not None,
            "_208": lambda array: array.pop() if array else UNDEFINED,
            "_215": lambda value: isinstance(value, RegExp),
            "_216": _same,
            "_217": float,
            "_218": lambda number: number,
            "_219": int,
            "_220": bool,
            "_221": len,
            "_223": lambda array, index: array[index],
            "_235": str,
            "_237": self._wrapper("_237", 1),
            "_238": self._wrapper("_238", 2),
            "_239": lambda value: 1 if value is UNDEFINED else _KINDS.get(type(value), 19),
            "_257": lambda match: match.index,
            "_259": lambda regexp: regexp.flags,
            "_260": lambda regexp: "m" in regexp.flags,
            "_261": lambda regexp: "i" in regexp.flags,
            "_262": lambda regexp: "u" in regexp.flags,
            "_263": lambda regexp: "s" in regexp.flags,
            "_264": lambda regexp, index: setattr(regexp, "last_index", int(index)),
            "_269": Random.random,
            "_272": lambda: Random(0),
            "_273": _in_base,
            "_274": _in_base,
        }


def _same(left: Any, right: Any) -> bool:
    """Objects are the same if they are one, strings and numbers if they are equal."""
    return left is right or (isinstance(left, (str, int, float)) and left == right)


def _in_base(number: int, base: int) -> str:
    return {2: "{:b}", 8: "{:o}", 10: "{:d}", 16: "{:x}"}[base].format(number)


def _missing(name: str) -> Callable[..., Any]:
    def missing(*arguments: Any) -> Any:
        raise NotImplementedError(f"dart2wasm.{name}{arguments}")

    return missing
