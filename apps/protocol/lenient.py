"""JSON as some stations write it: NaN, infinities, half characters, a NUL or a mark around it.

What is no value of JSON becomes null, which the forms take for absent; what is no character
becomes U+FFFD. What is written as other languages write it, and means one thing, is rewritten.
"""

import json
import re
from math import isfinite
from typing import Any

_AROUND = "\ufeff\ufffd\0 \t\r\n"
_MOST = 2**63
_TEXT = r'"(?:[^"\\]|\\.)*"'
_SPARE = re.compile(rf"{_TEXT}|,(?=\s*[\]}}])|(?<![\w.+-])(-?)0+(?=[0-9])")


def loads(text: str) -> Any:
    """The value; ValueError or RecursionError where there is none."""
    found = json.loads(
        text.strip(_AROUND),
        parse_constant=lambda _: None,
        parse_float=_number,
        parse_int=lambda digits: _whole(digits) if len(digits) < 20 else _number(digits),
    )
    return _readable(found)


def mended(text: str) -> str:
    """Single quotes as double ones, where there are no others; without a comma before a closing
    bracket and zeros before a number."""
    quoted = text if '"' in text else text.replace("'", '"')
    return _SPARE.sub(lambda found: _kept(found.group(), found.group(1)), quoted)


def _kept(found: str, sign: str | None) -> str:
    return found if found.startswith('"') else sign or ""


def _number(digits: str) -> float | None:
    value = float(digits)
    return value if isfinite(value) else None


def _whole(digits: str) -> int | float:
    value = int(digits)
    return value if -_MOST <= value < _MOST else float(value)


def _readable(value: Any) -> Any:
    match value:
        case str():
            return value.encode(errors="replace").decode().replace("\0", "\ufffd")
        case list():
            return [_readable(item) for item in value]
        case dict():
            return {_readable(name): _readable(item) for name, item in value.items()}
    return value
