"""The bodies of HTTP requests, bounded before anything of them is kept.

The server below takes a body whole before the application hears of the request. A file that we
have asked for may be large; whoever sends it shows that its address is of our making.
"""

import base64
import binascii
from http import HTTPStatus

from django.conf import settings

from apps.gateway.requests import LINGER_S, Factory, Request, refuse
from apps.uploads.addresses import PATH, is_of_ours

_FORM_BYTES = 1 << 16  # what a form adds around a file


class BoundedRequest(Request):
    """Refused with 413 as soon as its body is, or says that it will be, too large."""

    _left = 0
    _is_refused = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        self._left = most_bytes(self.channel._path, self.getHeader(b"authorization") or b"")
        if length is not None and length > self._left:
            super().gotLength(0)
            self._refuse()
        else:
            super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self._left -= len(data)
        if self._is_refused:
            return
        if self._left < 0:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        if not self._is_refused:
            super().requestReceived(command, path, version)

    def _refuse(self) -> None:
        self._is_refused = True
        refuse(
            self.channel, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large.",
            linger_s=LINGER_S,
        )  # fmt: skip


class BoundedFactory(Factory):
    made = BoundedRequest


def most_bytes(path: bytes, authorization: bytes) -> int:
    """How large the body of a request to ``path`` may be."""
    if path.startswith(PATH) and is_of_ours(*_credentials(authorization)):
        return settings.OCPP_UPLOAD_MAX_BYTES + _FORM_BYTES
    return settings.OCPP_MAX_BODY_BYTES


def _credentials(header: bytes) -> tuple[str, str]:
    try:
        plain = base64.b64decode(header[len(b"Basic ") :], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    user, _, secret = plain.partition(":")
    return user, secret
