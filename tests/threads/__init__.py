"""Shared memory used by many threads at once."""
