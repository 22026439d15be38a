"""Tests of the API, the cache and the command line."""
