"""Two modules, one memory, which Python made and reads as well.

    python share.py

The modules are compiled at the first run and come from the cache after that.
"""

from pathlib import Path

import wasm2py
from wasm2py_runtime import Memory

HERE = Path(__file__).parent


def main() -> None:
    """Let one module write and the other read."""
    producer = wasm2py.load(HERE / "producer.wasm")
    consumer = wasm2py.load(HERE / "consumer.wasm")
    memory = Memory(1, 16)  # pages of 64 KiB: one now, 16 at most
    writes = producer.Module(env_memory=memory)
    reads = consumer.Module(env_memory=memory)
    writes.exports.fill(1000)
    print("Python reads", int.from_bytes(memory[12:16], "little"))
    print("the sum is", reads.exports.sum(1000))


if __name__ == "__main__":
    main()
