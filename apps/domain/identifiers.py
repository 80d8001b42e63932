"""How OCPP compares identifiers that stations make: transaction ids, names of components.

An identifierString has no letter case (2.0.1 part 2, 3.1), and some stations write blanks around
one. What is kept is the first spelling: it is what its station is told. Pure.
"""

from collections.abc import Iterable

LONGEST = 36  # characters that OCPP has for one, and that are kept
CUT = "\u2026"  # where a longer one is kept by its beginning, before a digest of the whole
_AROUND = " {}"


def key_of(identifier: str) -> str:
    """What is equal for all spellings of one identifier."""
    return identifier.strip(" ").upper()


def same(one: str, other: str) -> bool:
    """Whether two are one identifier."""
    return key_of(one) == key_of(other)


def spelt(identifier: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that ``identifier`` is, in its own spelling."""
    return next((name for name in names if same(name, identifier)), None)


def unwrapped(identifier: str) -> str:
    """Without blanks, then without one pair of braces, around it."""
    bare = identifier.strip()
    return bare[1:-1].strip() if bare[:1] == "{" and bare[-1:] == "}" else bare


def may_be_cut(one: str, other: str) -> bool:
    """Whether two that differ may be one, of which its station told only the beginning once.

    One fills all the characters that there are, and the other begins so, but for what is around it.
    """
    first, second = (key_of(name).strip(_AROUND) for name in (one, other))
    if (CUT in first) != (CUT in second):
        length = max(first.find(CUT), second.find(CUT))
        return len(one) == len(other) == LONGEST and first[:length] == second[:length]
    (_, shorter, told), (_, longer, _) = sorted(
        (len(name), name, told) for name, told in ((first, one), (second, other))
    )
    return len(told) == LONGEST and CUT not in shorter and longer.startswith(shorter)
