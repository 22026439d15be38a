"""The WebAssembly specification tests, run from their JSON scripts."""
