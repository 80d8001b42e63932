"""What comes from outside as text: what every database can keep and every reader can carry.

Pages, programs and kept frames are judged by these same rules. Nothing here raises anything
but ``Unreadable``, whose words are for whoever sent the text.
"""

import json
import math
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

MAX_DEPTH = 64
MAX_INT32 = 2**31 - 1
MAX_INT64 = 2**63 - 1
_DIGITS_OF_INT64 = 19


class Unreadable(ValueError):
    """The text is no JSON, or JSON that not every part of the system could carry."""


def is_storable(text: str) -> bool:
    """No NUL and no lone surrogate: neither is a character of a database's text."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def are_storable(values: Iterable[Any]) -> bool:
    """Whether all texts among ``values`` are; lists are looked into, one level deep."""
    for value in values:
        if isinstance(value, list):
            if not are_storable(item for item in value if isinstance(item, str)):
                return False
        elif isinstance(value, str) and not is_storable(value):
            return False
    return True


def is_one_line(text: str) -> bool:
    """No line break and no other control character: what a name may hold."""
    return not any(unicodedata.category(character) == "Cc" for character in text)


def whole_number(text: str, *, most: int = MAX_INT64) -> int | None:
    """A whole number from 0 to ``most`` in plain digits; None for every other text."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS_OF_INT64):
        return None
    number = int(text)
    return number if number <= most else None


def parse_json(text: str) -> Any:
    """The value of JSON (RFC 8259) that everybody can carry; ``Unreadable`` says why not."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise Unreadable(_TOO_DEEP) from error
    except ValueError as error:
        raise Unreadable(f"It is not JSON: {str(error)[:200]}.") from error
    for problem in problems(value):
        raise Unreadable(problem)
    return value


def depth_exceeds(value: Any, limit: int = MAX_DEPTH) -> bool:
    """Whether a JSON value is nested deeper than ``limit``."""
    level = [value]
    for _ in range(limit + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def problems(value: Any) -> Iterator[str]:
    """Sentences about what cannot be carried: NUL, lone surrogates, numbers out of range, depth."""
    if depth_exceeds(value):
        yield _TOO_DEEP
        return
    waiting = [value]
    while waiting:
        current = waiting.pop()
        waiting.extend(_children(current))
        if isinstance(current, dict):
            waiting.extend(current)
        elif isinstance(current, str) and not is_storable(current):
            yield "A text holds a NUL character or half of a surrogate pair."
        elif isinstance(current, int) and not -MAX_INT64 - 1 <= current <= MAX_INT64:
            yield "A whole number is beyond 64 bits."
        elif isinstance(current, float) and not math.isfinite(current):
            yield "A number is beyond the range of a double."


_TOO_DEEP = f"It is nested deeper than {MAX_DEPTH} levels."


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
