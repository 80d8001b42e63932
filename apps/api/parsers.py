"""JSON bodies, and only such as every database and every station can hold."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_BYTES = 1_000_000
MAX_DEPTH = 64
_INT64 = 2**63


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = f"A body has at most {MAX_BYTES} bytes."


class JsonBody(BaseParser):
    """UTF-8 JSON (RFC 8259); whatever else the header says about its encoding is ignored."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise TooLarge
        try:
            value = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse_constant)
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"The body is not JSON in UTF-8: {str(error)[:200]}.") from error
        for problem in problems(value):
            raise ParseError(problem)
        return value


def is_storable(text: str) -> bool:
    """No NUL and no lone surrogate: neither is a character of a database's text."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def depth_exceeds(value: Any, limit: int = MAX_DEPTH) -> bool:
    """Whether a JSON value is nested deeper than ``limit``."""
    level = [value]
    for _ in range(limit + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def problems(value: Any) -> Iterator[str]:
    """Sentences about what cannot be kept: NUL, lone surrogates, numbers beyond 64 bits, depth."""
    if depth_exceeds(value):
        yield f"The body is nested deeper than {MAX_DEPTH} levels."
        return
    waiting = [value]
    while waiting:
        current = waiting.pop()
        waiting.extend(_children(current))
        if isinstance(current, dict):
            waiting.extend(current)
        elif isinstance(current, str) and not is_storable(current):
            yield "A text holds a NUL character or half of a surrogate pair."
        elif isinstance(current, int) and not -_INT64 <= current < _INT64:
            yield "A whole number is beyond 64 bits."
        elif isinstance(current, float) and not math.isfinite(current):
            yield "A number is beyond the range of a double."


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
