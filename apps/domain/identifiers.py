"""How OCPP compares identifiers that stations make: transaction ids, names of components.

An identifierString has no letter case (2.0.1 part 2, 3.1), and some stations write blanks around
one. What is kept is the first spelling: it is what its station is told. Pure.
"""

from collections.abc import Iterable


def key_of(identifier: str) -> str:
    """What is equal for all spellings of one identifier."""
    return identifier.strip(" ").upper()


def same(one: str, other: str) -> bool:
    """Whether two are one identifier."""
    return key_of(one) == key_of(other)


def spelt(identifier: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that ``identifier`` is, in its own spelling."""
    return next((name for name in names if same(name, identifier)), None)
