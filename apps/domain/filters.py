"""Filters of a query string: one that cannot be read is an error, and never the same as none.

Who narrows a list and mistypes would else be shown, or sent, more than was asked for.
"""

from collections.abc import Collection, Mapping


class NotUnderstood(ValueError):
    """Which filter, and how it is written, in a sentence."""

    def __init__(self, name: str, how: str) -> None:
        super().__init__(f"The filter \u201c{name}\u201d is not understood: it is {how}.")


def one_of(query: Mapping[str, str], name: str, known: Collection[str]) -> str:
    """A word of ``known``; "" where the filter is empty or absent. NotUnderstood for another."""
    word = query.get(name, "").strip()
    if word and word not in known:
        raise NotUnderstood(name, f"one of {', '.join(sorted(filter(None, known)))}")
    return word


def check_names(query: Mapping[str, str], known: Collection[str]) -> None:
    """NotUnderstood for the first name of a query that is none of ``known``."""
    for name in query:
        if name not in known:
            raise NotUnderstood(name, f"none; there are {', '.join(sorted(known))}")
