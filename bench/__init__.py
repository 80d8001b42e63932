"""Benchmarks: ``python -m bench`` prints one table; every speed is a ratio within one run."""
