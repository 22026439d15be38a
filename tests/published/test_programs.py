"""Published WASI programs run: scripts, files, standard input and exit codes are right.

They are fetched and compiled where ``WASM2PY_PUBLISHED`` is ``programs`` (48 MB, two minutes) or ``all`` (CPython too,
which takes some minutes more).
"""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
import tarfile
import zlib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import wasm2py
from tests.published.packages import PROGRAMS, module
from wasm2py_runtime import Linker

WANTED = os.environ.get("WASM2PY_PUBLISHED")

pytestmark = pytest.mark.skipif(WANTED not in ("programs", "all"), reason="WASM2PY_PUBLISHED=programs or all")
only_all = pytest.mark.skipif(WANTED != "all", reason="large: WASM2PY_PUBLISHED=all")


@cache
def load(name: str) -> ModuleType:
    return wasm2py.load(module(PROGRAMS[name]), name=name)


def run(name: str, *args: str, **config: Any) -> tuple[int, str, str]:
    """Exit code, output and errors."""
    out, err = bytearray(), bytearray()
    linker = Linker()
    linker.allow_missing("wasi_snapshot_preview1", "sock_*")  # what WasmEdge has beside WASI
    code = load(name).main([name, *args], linker, stdout=out, stderr=err, **{"stdin": None, **config})
    return code, out.decode(), err.decode()


FACTORS = b"""
(set-logic QF_BV)
(set-option :produce-models true)
(declare-fun x () (_ BitVec 16))
(declare-fun y () (_ BitVec 16))
(assert (= (bvmul x y) #x0c4f))
(assert (bvult x #x0100))
(assert (bvult #x0001 y))
(assert (bvult y x))
(check-sat)
(get-value (x y))
"""


def test_boolector() -> None:
    """A solver: its exit code is its answer."""
    code, out, _ = run("boolector", stdin=FACTORS)
    assert code == 10
    assert "(x #b0000000010001001)" in out
    assert "(y #b0000000000010111)" in out
    unsatisfiable = FACTORS.replace(b"(check-sat)", b"(assert (bvult x y)) (check-sat)").partition(b"(get-value")[0]
    assert run("boolector", "/in.smt2", directories={"/": {"in.smt2": unsatisfiable}})[:2] == (20, "unsat\n")
    code, _, err = run("boolector", "/absent.smt2")
    assert code == 1
    assert "absent.smt2" in err


SQL = b"""
.mode csv
.import /in.csv items
SELECT count(*), sum(amount), group_concat(name, '|') FROM items;
CREATE TABLE t(x INTEGER PRIMARY KEY, y TEXT);
WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 200)
INSERT INTO t SELECT i, 'row ' || (i * i) FROM c;
SELECT x, y FROM t WHERE y LIKE '%00' ORDER BY x DESC LIMIT 3;
"""


def test_sqlite(tmp_path: Path) -> None:
    """The shell makes a data base that Python's own SQLite reads."""
    (tmp_path / "in.csv").write_text('id,name,amount\n1,anna,10.5\n2,bert,20\n3,"c, d",-4\n')
    options: dict[str, Any] = {"directories": {"/": tmp_path}}
    code, out, err = run("sqlite", "-batch", "/test.db", stdin=SQL, **options)
    assert (code, err) == (0, "")
    assert out.split() == [
        '3,26.5,"anna|bert|c,',
        'd"',
        '200,"row',
        '40000"',
        '190,"row',
        '36100"',
        '180,"row',
        '32400"',
    ]
    with sqlite3.connect(tmp_path / "test.db") as connection:
        assert connection.execute("SELECT count(*), max(x * x) FROM t").fetchall() == [(200, 40000)]
    assert run("sqlite", "-batch", "/test.db", "SELECT sum(amount) FROM items", **options) == (0, "26.5\n", "")
    assert run("sqlite", "-batch", "/test.db", "nonsense", **options)[0] == 1


SCRIPT = b"""
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
console.log(fib(12), [1, 2, 3].map(x => x * x).join(), JSON.stringify({a: [1, {b: null}]}));
console.log(args.join("|"), "h\xc3\xa9llo".toUpperCase(), /(\\d+)-(\\d+)/.exec("10-20").slice(1));
"""


def test_quickjs() -> None:
    code, out, _ = run("quickjs", "script.js", "one", "two", directories={".": {"script.js": SCRIPT}})
    assert (code, out.splitlines()) == (
        0,
        ['144 1,4,9 {"a":[1,{"b":null}]}', "script.js|one|two HÉLLO 10,20"],
    )


PROGRAM = """
import collections, decimal, hashlib, json, os, re, sys, zlib
print(sys.version_info[:2], sys.platform, sys.argv[1:])
print(json.dumps(collections.Counter(sys.stdin.read().split()).most_common(2)))
print(re.sub(r"(\\w+)@(\\w+)", r"\\2 at \\1", "me@home"), decimal.Decimal(1) / 7)
print(hashlib.sha256(b"wasm").hexdigest())
with open("/out.txt", "w") as file:
    file.writelines(f"{i} {i * i}\\n" for i in range(100))
print(os.stat("/out.txt").st_size, zlib.crc32(b"x" * 1000), [x * x for x in range(5)])
sys.exit(42)
"""


@only_all
def test_cpython(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(module(PROGRAMS["python-library"]))) as library:
        library.extractall(tmp_path, filter="data")
    (tmp_path / "program.py").write_text(PROGRAM)
    code, out, err = run("python", "/program.py", "x", "y", stdin=b"a b a c b a", directories={"/": tmp_path})
    assert (code, err) == (42, "")
    assert out.splitlines() == [
        "(3, 11) wasi ['x', 'y']",
        '[["a", 3], ["b", 2]]',
        "home at me 0.1428571428571428571428571429",
        hashlib.sha256(b"wasm").hexdigest(),
        f"{(tmp_path / 'out.txt').stat().st_size} {zlib.crc32(b'x' * 1000)} [0, 1, 4, 9, 16]",
    ]
