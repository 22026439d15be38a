"""Modules as they are published on npm, by what compilers for many languages make of real programs."""
