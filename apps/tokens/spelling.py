"""How one card's number may be written: as a reader sends it, and as it is printed. Pure.

04A1B2, 04a1b2, 04:A1:B2, 04 A1 b2 and 04-A1-B2 are one number, whatever blanks or zero bytes it is
padded with. 0004A1B2 is another: zeros are digits of it.
"""

import re

_BETWEEN = re.compile(r"[\s\x00-\x1f\x7f\ufffd:\-]+")  # readers pad with zero bytes, too
_EDGES = re.compile(r"^[\s\x00-\x1f\x7f\ufffd]+|[\s\x00-\x1f\x7f\ufffd]+$")
_HEX = re.compile(r"(?:[0-9A-F]{2}){2,}")
_SEPARATORS = (":", " ", "-")
SEPARATORS = (*_SEPARATORS, "\t", "\n", "\r", "\u00a0", "\ufffd")  # an index is built with these


def bare(uid: str) -> str:
    """In capitals and without what is printed between the digits."""
    return _BETWEEN.sub("", uid).upper()


def trimmed(uid: str) -> str:
    """In capitals and without padding, as it is written else."""
    return _EDGES.sub("", uid).upper()


def spellings(uid: str) -> tuple[str, ...]:
    """In capitals: as it is written, then the other ways; those with pairs only of hexadecimals."""
    plain = bare(uid)
    ways = [trimmed(uid), plain]
    if _HEX.fullmatch(plain):
        pairs = [plain[at : at + 2] for at in range(0, len(plain), 2)]
        ways += [separator.join(pairs) for separator in _SEPARATORS]
    return tuple(dict.fromkeys(way for way in ways if way))


def same(one: str, other: str) -> bool:
    """Whether two are one number."""
    return (bare(one) or one) == (bare(other) or other)
