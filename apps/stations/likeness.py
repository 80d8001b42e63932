"""Which station a charger that nobody knows probably is, and how its name differs. Pure."""

from collections import defaultdict
from collections.abc import Iterable

SHORTEST = 3  # of an identity that is looked for within a longer name
_CASE = "letter case"
_BETWEEN = "spaces and punctuation"
_ALIKE = "letters that look like digits"
_LOOKS = str.maketrans("OIL", "011")


class Likeness:
    """Identities of stations, to be held against names that are none of them."""

    def __init__(self, identities: Iterable[str]) -> None:
        self._ways: tuple[dict[str, set[str]], ...] = ({}, {}, {})
        for way, spell in zip(self._ways, _SPELLINGS, strict=True):
            found = defaultdict(set)
            for identity in identities:
                found[spell(identity)].add(identity)
            way.update(found)

    def find(self, name: str) -> tuple[str, str] | None:
        """The only identity that is like ``name``, and what is not the same."""
        for way, spell, words in zip(self._ways, _SPELLINGS, _WORDS, strict=True):
            if spelled := spell(name):
                found = way.get(spelled, set())
                if found:
                    return (min(found), words) if len(found) == 1 else None
        return self._within(name)

    def _within(self, name: str) -> tuple[str, str] | None:
        """The longest identity that ``name`` begins with, else ends with."""
        folded = name.strip().casefold()
        for cut in range(len(folded) - 1, SHORTEST - 1, -1):
            begins, ends = folded[:cut], folded[-cut:]
            for part, words in (
                (begins, f"what follows it: {name.strip()[cut:]}"),
                (ends, f"what stands before it: {name.strip()[:-cut]}"),
            ):
                found = self._ways[0].get(part, set())
                if len(found) == 1:
                    return min(found), words
        return None


def _folded(name: str) -> str:
    return name.strip().casefold()


def _bare(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _looks(name: str) -> str:
    return _bare(name).upper().translate(_LOOKS)


_SPELLINGS = (_folded, _bare, _looks)
_WORDS = (_CASE, _BETWEEN, _ALIKE)
