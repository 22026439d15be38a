"""Published programs that Emscripten made, in the host pack: SQLite of two ages on files, and QuickJS.

Each takes half a minute to compile: ``WASM2PY_PUBLISHED=all`` runs them.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import wasm2py
from tests.published.packages import PUBLISHED, module
from wasm2py_runtime import Linker
from wasm2py_runtime.emscripten import Emscripten
from wasm2py_runtime.wasi import WasiConfig

pytestmark = pytest.mark.skipif(os.environ.get("WASM2PY_PUBLISHED") != "all", reason="large: WASM2PY_PUBLISHED=all")

_ROW, _DONE, _OPEN_OR_CREATE = 100, 101, 6


class Guest:
    """An instance, and texts in its memory."""

    def __init__(self, name: str, host: Emscripten, linker: Linker, allocate: str) -> None:
        self.exports: Any = host.instantiate(wasm2py.load(module(PUBLISHED[name]), name=name), linker).exports
        self.memory = host.guest.memory
        self._allocate = self.exports[allocate]

    def allocate(self, size: int) -> int:
        return self._allocate(size) & 0xFFFFFFFF

    def text(self, text: str) -> int:
        address = self.allocate(len(text.encode()) + 1)
        self.memory.write_string(address, text)
        return address

    def read(self, address: int) -> str:
        return self.memory.read_string(address & 0xFFFFFFFF)


class Database(Guest):
    """A database in a file of the guest."""

    def __init__(self, name: str, directory: Path) -> None:
        self.host = Emscripten(WasiConfig(directories={"/": directory}))
        super().__init__(name, self.host, Linker(), "sqlite3_malloc")
        self.result = self.allocate(8)
        assert self.exports.sqlite3_initialize() == 0
        assert self.exports.sqlite3_open_v2(self.text("/data.sqlite"), self.result, _OPEN_OR_CREATE, 0) == 0
        self.handle = self.memory.load("u32", self.result)

    def query(self, sql: str) -> list[tuple[str, ...]]:
        exports = self.exports
        problem = exports.sqlite3_prepare_v2(self.handle, self.text(sql), -1, self.result, 0)
        assert problem == 0, self.read(exports.sqlite3_errmsg(self.handle))
        statement = self.memory.load("u32", self.result)
        rows = []
        while (step := exports.sqlite3_step(statement)) == _ROW:
            columns = range(exports.sqlite3_column_count(statement))
            rows.append(tuple(self.read(exports.sqlite3_column_text(statement, column)) for column in columns))
        assert step == _DONE, self.read(exports.sqlite3_errmsg(self.handle))
        exports.sqlite3_finalize(statement)
        return rows


@pytest.mark.parametrize(("name", "version"), [("sqlite-2023", "3.41.2"), ("sqlite-2026", "3.54.1")])
def test_sqlite(name: str, version: str, tmp_path: Path) -> None:
    database = Database(name, tmp_path)
    assert database.query("select sqlite_version()") == [(version,)]
    database.query("create table t(a integer primary key, b text)")
    database.query("begin")
    numbers = "with recursive c(x) as (select 1 union all select x + 1 from c where x < 500)"
    database.query(f"insert into t(b) {numbers} select 'row ' || x from c")
    database.query("commit")
    assert database.query("select count(*), sum(a), max(b) from t") == [("500", "125250", "row 99")]
    database.query("update t set b = 'x' where a < 10")
    database.query("vacuum")
    assert database.query("pragma integrity_check") == [("ok",)]
    assert database.exports.sqlite3_close_v2(database.handle) == 0
    database.host.close()
    assert [path.name for path in tmp_path.iterdir()] == ["data.sqlite"]  # the journal is gone
    connection = sqlite3.connect(tmp_path / "data.sqlite")
    assert connection.execute("select count(*), sum(a), sum(b = 'x') from t").fetchall() == [(500, 125250, 9)]
    connection.close()


def test_quickjs() -> None:
    linker = Linker()
    for name in ("call_function", "interrupt_handler", "load_module_source", "normalize_module", "ref_free"):
        linker.define("env", f"qts_host_{name}", lambda *arguments: 0)
    guest = Guest("quickjs", Emscripten(WasiConfig.deterministic(["js"])), linker, "malloc")
    exports = guest.exports
    context = exports.QTS_NewContext(exports.QTS_NewRuntime(), 0)

    def evaluate(source: str) -> str:
        given = guest.text(source), len(source), guest.text("test.js")
        result = exports.QTS_Eval(context, *given, 0, 0)
        return guest.read(exports.QTS_Dump(context, exports.QTS_ResolveException(context, result) or result))

    assert evaluate("[1, 2, 3].map(x => x * x).join()") == '"1,4,9"'
    assert evaluate("(function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2) })(10)") == "55"
    assert evaluate("try { null.x } catch (e) { e.message }") == "\"cannot read property 'x' of null\""
    assert evaluate("new Date(2024, 1, 29, 12).toISOString()") == '"2024-02-29T12:00:00.000Z"'
    assert '"bad"' in evaluate('throw new Error("bad")')
