"""Every function of WASI, called from C: what happens is what is kept in ``outcomes``, and what happens under wasmtime.

``--update-golden`` writes the outcomes anew; look at the difference before you commit it.
"""

from __future__ import annotations

import difflib
import socket
import threading
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tests.wasi.build import PROGRAMS
from tests.wasi.differences import DIFFERENCES, ENDED, IN_MEMORY, TRAPS
from tests.wasi.running import Outcome, in_memory, on_host, run_ours, under_wasmtime
from tests.wasi.scenarios import SCENARIOS, Scenario
from wasm2py.binary import decode
from wasm2py_runtime.wasi import Wasi, WriteLimitExceeded

OUTCOMES = Path(__file__).with_name("outcomes")
try:
    HAS_WASMTIME = int(version("wasmtime").partition(".")[0]) >= 50
except PackageNotFoundError:
    HAS_WASMTIME = False
all_scenarios = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


def difference(ours: Outcome, theirs: Outcome) -> str:
    """The lines that only one of them has."""
    lines = difflib.unified_diff(str(ours).splitlines(), str(theirs).splitlines(), lineterm="", n=0)
    return "\n".join(line for line in list(lines)[2:] if not line.startswith("@@"))


@all_scenarios
def test_on_the_host(scenario: Scenario, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    outcome, kept = str(on_host(scenario, tmp_path)), OUTCOMES / f"{scenario.file_name}.txt"
    if request.config.getoption("--update-golden"):
        kept.write_text(outcome, encoding="utf-8")
    assert outcome == kept.read_text(encoding="utf-8")


@all_scenarios
def test_in_memory(scenario: Scenario, tmp_path: Path) -> None:
    """The same as on the host, but for what the table names."""
    host, memory = on_host(scenario, tmp_path), in_memory(scenario)
    assert difference(host._replace(tree={}), memory) == IN_MEMORY.get(scenario.name, ("", ""))[1].strip()


@pytest.mark.skipif(not HAS_WASMTIME, reason="wasmtime 50 or later is what WASI is compared with")
@all_scenarios
def test_as_under_wasmtime(scenario: Scenario, tmp_path: Path) -> None:
    theirs = under_wasmtime(scenario, tmp_path / "theirs")
    if scenario.name in ENDED:
        assert ENDED[scenario.name][0] in theirs.end
        return
    for words, ours in TRAPS.items():
        theirs = theirs._replace(end=theirs.end.replace(words, ours))
    ours = on_host(scenario, tmp_path / "ours")
    assert difference(ours, theirs) == DIFFERENCES.get(scenario.name, ("", ""))[1].strip()


def test_every_function_is_called() -> None:
    called = set()
    for program in PROGRAMS.glob("*.wasm"):
        called |= {entry.name for entry in decode(program.read_bytes()).imports if entry.module.startswith("wasi_snap")}
    assert called == set(Wasi().imports())


def test_every_program_is_built() -> None:
    assert {path.stem for path in PROGRAMS.glob("*.c")} == {path.stem for path in PROGRAMS.glob("*.wasm")}


def test_a_server() -> None:
    """A program that is given a listening socket talks with a client."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        replies: list[bytes] = []
        client = threading.Thread(target=_talk, args=(listening.getsockname(), replies))
        client.start()
        end, out, _ = run_ours(Scenario("server"), {}, {}, listen=[listening])
        client.join(30)
    assert end == "exit code 0"
    assert replies == [b"you said hello there; bye"]
    assert out.decode().splitlines() == (OUTCOMES / "server.txt").read_text().splitlines()


def _talk(address: tuple[str, int], replies: list[bytes]) -> None:
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(b"hello there")
        replies.append(b"".join(iter(lambda: connection.recv(100), b"")))


def test_a_flood_is_stopped() -> None:
    """A gigabyte is on its way, and a megabyte is let through."""
    with pytest.raises(WriteLimitExceeded):
        run_ours(Scenario("flood", ("16384",)), {}, {}, max_written_bytes=1 << 20)
