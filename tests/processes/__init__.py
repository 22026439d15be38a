"""Memories and WebAssembly threads in several processes."""
