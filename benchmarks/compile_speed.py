"""How fast wasm2py compiles, and in how much memory.

    python benchmarks/compile_speed.py            # large public modules, then growth
    python benchmarks/compile_speed.py FILE.wasm  # only these

Each line is a process of its own, so that peak memory is that of one module. Times are of the processor, so that
other work on the machine disturbs them less. "translate" is the bytes of the module
to the text of a Python module; "code" is that text to code objects. Growth is measured on modules made from one
kernel: by repeating its functions, and by repeating instructions in a single function.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("WASM2PY_SHARED") or REPOSITORY.parent / "shared")

MODULES = ("zstd-bokuweb", "lua-wasmoon", "tree-sitter-core")
GROWTH = (10_000, 30_000, 60_000, 120_000)

#: What the project asks of itself (instructions a second, on one core; MiB).
WANTED_SPEED = 20_000
WANTED_MEMORY = 1024

HEADINGS = ("module", "instructions", "translate s", "instr/s", "code s", "characters", "peak MiB")

TYPE_SECTION, FUNCTION_SECTION, CODE_SECTION = 1, 3, 10


def measure(file: Path, level: int) -> dict[str, float]:
    """Compile one file in this process."""
    import resource
    import time

    import wasm2py
    from wasm2py.binary import decode
    from wasm2py.options import Options
    from wasm2py.pycode import compile_source

    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10  # of ru_maxrss
    instructions = sum(len(function.body) for function in decode(file.read_bytes()).functions)
    started = time.process_time()
    text = wasm2py.compile(file, options=Options(optimize=level))  # type: ignore[arg-type]
    translated = time.process_time()
    compile_source(text, "generated.py")
    return {
        "instructions": instructions,
        "translate": translated - started,
        "code": time.process_time() - translated,
        "characters": len(text),
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit,
    }


def measured(file: Path, level: int) -> dict[str, float]:
    """Compile one file in a new process."""
    command = [sys.executable, __file__, "--measure", str(file), "--level", str(level)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def report(name: str, result: dict[str, float]) -> None:
    speed = result["instructions"] / result["translate"]
    marks = ("" if speed >= WANTED_SPEED else " slow") + ("" if result["mebibytes"] < WANTED_MEMORY else " large")
    print(
        f"{name:26} {result['instructions']:>12,} {result['translate']:>12.2f} {speed:>12,.0f} {result['code']:>8.2f} "
        f"{result['characters']:>12,} {result['mebibytes']:>9,.0f}{marks}",
        flush=True,
    )


# Modules of any size, by repeating parts of one


def leb(value: int) -> bytes:
    """An unsigned integer as LEB128 (spec §5.2.2)."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def read_leb(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 integer and the position after it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def sections(wasm: bytes) -> Iterator[tuple[int, bytes]]:
    at = 8
    while at < len(wasm):
        kind = wasm[at]
        size, at = read_leb(wasm, at + 1)
        yield kind, wasm[at : at + size]
        at += size


def assembled(parts: Iterable[tuple[int, bytes]]) -> bytes:
    return b"\0asm\1\0\0\0" + b"".join(bytes([kind]) + leb(len(content)) + content for kind, content in parts)


def repeated_functions(wasm: bytes, times: int) -> bytes:
    """The module with all its functions ``times`` times; the copies call the first ones."""

    def repeated(content: bytes) -> bytes:
        count, at = read_leb(content, 0)
        return leb(count * times) + content[at:] * times

    return assembled(
        (kind, repeated(content) if kind in (FUNCTION_SECTION, CODE_SECTION) else content)
        for kind, content in sections(wasm)
    )


def one_function(instructions: int) -> bytes:
    """A module of one function: the same few blocks, loads and stores over and over."""
    # (if (i32.load (p)) (then p = p + 5 * l1)); i32.store(p, l1); l1 = i32.load(p) ^ p: 18 instructions
    piece = bytes.fromhex("2000280200 0440 2000 2001 4105 6c 6a 2100 0b 2000 2001 360200 2000 280200 2000 73 2101")
    body = b"\x01\x01\x7f" + piece * (instructions // 18) + b"\x20\x00\x0b"
    return assembled(
        [
            (TYPE_SECTION, b"\x01\x60\x01\x7f\x01\x7f"),
            (FUNCTION_SECTION, b"\x01\x00"),
            (5, b"\x01\x00\x01"),
            (7, b"\x01\x03run\x00\x00"),
            (CODE_SECTION, b"\x01" + leb(len(body)) + body),
        ]
    )


def growth(level: int) -> None:
    """Modules of growing size: time for each instruction should stay the same."""
    kernel = SHARED / "kernels" / "wasm_O0" / "jsontok.wasm"
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "grown.wasm"
        if kernel.exists():
            base = kernel.read_bytes()
            file.write_bytes(base)
            size = measured(file, 0)["instructions"]
            for wanted in GROWTH:
                file.write_bytes(repeated_functions(base, round(wanted / size)))
                report("many functions", measured(file, level))
        for wanted in GROWTH:
            file.write_bytes(one_function(wanted))
            report("one function", measured(file, level))


def public_modules() -> Iterator[Path]:
    """The large public modules, extracted for as long as the iteration lasts."""
    import zipfile

    archive = SHARED / "realworld" / "modules.zip"
    if not archive.exists():
        print(f"no {archive}: set WASM2PY_SHARED to measure the public modules")
        return
    with tempfile.TemporaryDirectory() as directory, zipfile.ZipFile(archive) as bundle:
        for name in MODULES:
            yield Path(bundle.extract(f"{name}.wasm", directory))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="*", type=Path, help="modules to compile (default: the public ones, and growth)")
    parser.add_argument("--level", type=int, choices=(0, 1, 2), default=2, help="optimisation level (default: 2)")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.level)))
        return
    print("{:26} {:>12} {:>12} {:>12} {:>8} {:>12} {:>9}".format(*HEADINGS))
    for file in options.file or public_modules():
        report(file.stem, measured(file, options.level))
    if not options.file:
        growth(options.level)


if __name__ == "__main__":
    main()
