"""JSON bodies, and only such as every database and every station can hold."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from apps.domain.texts import Unreadable, parse_json

MAX_BYTES = 1_000_000


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
            return parse_json(raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise ParseError("The body is not text in UTF-8.") from error
        except Unreadable as error:
            raise ParseError(f"The body cannot be taken. {error}") from error
