"""Kinds of values as stations write them, and as our readers expect them. Pure, never raises.

A kind takes a value; it gives the value to read, or
ABSENT where nothing can be made of it. It never guesses: "12,5" is a number, "12 kWh" is none
(``quantities`` reads units).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from hashlib import blake2b
from math import isfinite
from typing import Any

from apps.domain.identifiers import CUT, unwrapped
from apps.protocol import timestamps


class Nothing(Enum):
    ABSENT = "absent"


ABSENT = Nothing.ABSENT
MAX_ID = 36
MAX_WORD = 40
MAX_FOLDED = 80  # longer than any word of OCPP
MAX_INT64 = 2**63 - 1
_KEPT_OF_ID = 23
_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,25}(?:[.,][0-9]{0,25})?(?:[eE][+-]?[0-9]{1,3})?\s*")
_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_SEPARATORS = re.compile(r"[\s_.-]+")
_YES_NO = {"true": True, "1": True, "false": False, "0": False}

Kind = Callable[[Any], Any]


def number(value: Any) -> Any:
    """A finite number; from text too: padded, or with a decimal comma."""
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            return ABSENT
        read = float(value.replace(",", "."))
        value = int(value) if value.strip().lstrip("+-").isdigit() else read
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return ABSENT
    return value


def whole(value: Any) -> Any:
    """A whole number of 64 bits, also where it is written "7", "7.0" or 7.0."""
    read = number(value)
    if read is ABSENT or read != int(read) or abs(read) > MAX_INT64:
        return ABSENT
    return int(read)


def text(value: Any) -> Any:
    """A text, also where it is written as a number."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ABSENT
    return str(int(value)) if abs(value) <= MAX_INT64 and value == int(value) else str(value)


def sent(value: Any) -> Any:
    """As it was sent; what it is worth, others say."""
    return value


def amount(value: Any) -> Any:
    """A number, or what was sent in its place: of that others say that it is none."""
    read = number(value)
    return value if read is ABSENT and value is not None else read


def flag(value: Any) -> Any:
    """A yes or no, also where it is written "true" or 1."""
    if isinstance(value, bool):
        return value
    read = text(value)
    return ABSENT if read is ABSENT else _YES_NO.get(read.strip().casefold(), ABSENT)


def identifier(value: Any) -> Any:
    """A token or a transaction: a text as a column of 36 characters can hold it.

    What makes it longer may be blanks or braces around it alone. One that is longer itself is never
    clipped to what might be another's: its end is a digest of the whole.
    """
    read = text(value)
    if read is not ABSENT and len(read) > MAX_ID:
        read = unwrapped(read)
    if read is ABSENT or len(read) <= MAX_ID:
        return read
    digest = blake2b(read.casefold().encode(), digest_size=6).hexdigest()
    return f"{read[:_KEPT_OF_ID]}{CUT}{digest}"


def instant(value: Any) -> Any:
    """A time that can be told, in RFC 3339."""
    at = timestamps.read(value)
    if at is None:
        return ABSENT
    is_plain = isinstance(value, str) and _RFC_3339.fullmatch(value)
    return value if is_plain else at.isoformat().replace("+00:00", "Z")


def folded(word: str) -> str:
    """What is left of a word or a name when case and separators do not matter."""
    return _folded(word[:MAX_FOLDED])


@lru_cache(maxsize=4_096)
def _folded(word: str) -> str:
    return _SEPARATORS.sub("", word).casefold()


@dataclass(frozen=True, slots=True)
class Words:
    """A word of a closed list, in any case. ``other``: what an unknown one is read as.

    With ``is_open`` an unknown word stays as it was sent, up to 40 characters.
    """

    known: Iterable[str]
    other: Any = ABSENT
    is_open: bool = False
    _spellings: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_spellings", {folded(word): word for word in self.known})

    def __call__(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.strip():
            return ABSENT
        unknown = value[:MAX_WORD] if self.is_open else self.other
        return self._spellings.get(folded(value), unknown)
