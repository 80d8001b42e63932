"""The floors of the product; see docs/architecture.md for which may import which."""
