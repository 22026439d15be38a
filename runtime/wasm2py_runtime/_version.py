"""The version of the distribution: the compiler and the runtime always go together."""

__version__ = "0.1.0"
