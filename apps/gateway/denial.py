"""How a handshake is turned away: the status of HTTP, with what to do about it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

from apps.gateway.admission import Refused

_EXTENSION = "websocket.http.response"


def messages(refused: Refused, scope: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """ASGI's websocket.http.response; a close where the server does not know it."""
    if _EXTENSION not in scope.get("extensions", {}):
        yield {"type": "websocket.close", "code": 4000 + refused.status - 400}
    else:
        yield from responses(refused)


def responses(refused: Refused) -> tuple[dict[str, Any], dict[str, Any]]:
    """Status and headers, then the words."""
    status, words = refused.status, f"{refused.detail}\n".encode()
    start = {"type": f"{_EXTENSION}.start", "status": status, "headers": _headers(status)}
    return start, {"type": f"{_EXTENSION}.body", "body": words}


def _headers(status: int) -> list[tuple[bytes, bytes]]:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if status == 401:
        headers.append((b"www-authenticate", b'Basic realm="OCPP"'))
    if status == 503:
        headers.append((b"retry-after", str(settings.OCPP_RETRY_AFTER_S).encode()))
    return headers
