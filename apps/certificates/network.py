"""Who is asked over the network: OCSP responders, and the service of vehicles' certificates.

Calls block: use them in a thread of their own, never within a transaction.
"""

import json
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from ocpp_platform import outside
from ocpp_platform.outside import MOST_BYTES


class NoAnswer(Exception):
    """Nobody answered, or with an error; the message says who and what."""


class _Stay(HTTPRedirectHandler):
    """A service that points elsewhere is not followed."""

    def redirect_request(self, *_given: Any) -> None:
        return None


_opener = build_opener(_Stay())


def ask_responder(url: str, question: bytes) -> bytes:
    """DER of the response of an OCSP responder (RFC 6960 appendix A.1).

    A station has named the address: it is asked only if it may be (see ``outside``).
    """
    try:
        return outside.post(
            url, question, {"Content-Type": "application/ocsp-request"},
            listed=settings.OCPP_OCSP_HOSTS, timeout_s=settings.OCPP_OCSP_TIMEOUT_S,
        )  # fmt: skip
    except (outside.NotAllowed, OSError, HTTPException) as error:
        raise NoAnswer(f"{url}: {error}") from error


class Provisioner(Protocol):
    """Whoever makes the certificates of vehicles (ISO 15118)."""

    def provide(self, schema_version: str, action: str, exi_request: str) -> tuple[str, str]:
        """Status (Accepted | Failed) and the response, base64 of EXI as it came."""
        ...


class HttpProvisioner:
    """A service that takes and gives JSON with the names of OCPP's own message."""

    def __init__(self, url: str) -> None:
        self._url = url

    def provide(self, schema_version: str, action: str, exi_request: str) -> tuple[str, str]:
        asked = {
            "iso15118SchemaVersion": schema_version,
            "action": action,
            "exiRequest": exi_request,
        }
        body = _post(self._url, json.dumps(asked).encode(), "application/json")
        try:
            told = json.loads(body)
            status, response = told["status"], told["exiResponse"]
        except (ValueError, KeyError, TypeError) as error:
            raise NoAnswer(f"{self._url}: no status and exiResponse in its answer") from error
        is_whole = status in ("Accepted", "Failed") and isinstance(response, str)
        if not is_whole:
            raise NoAnswer(f"{self._url}: status {status!r} is neither Accepted nor Failed")
        return status, response


def provisioner() -> Provisioner | None:
    """The one of OCPP_EV_CERTIFICATE_URL; None where none is set."""
    url = settings.OCPP_EV_CERTIFICATE_URL
    return HttpProvisioner(url) if url else None


def _post(url: str, body: bytes, kind: str) -> bytes:
    if urlsplit(url).scheme not in ("http", "https"):
        raise NoAnswer(f"{url!r} is no http or https address")
    request = Request(url, body, {"Content-Type": kind})  # noqa: S310 - the scheme is checked
    try:
        with _opener.open(request, timeout=settings.OCPP_OCSP_TIMEOUT_S) as response:
            answer: bytes = response.read(MOST_BYTES + 1)
    except (URLError, OSError, ValueError) as error:
        raise NoAnswer(f"{url}: {error}") from error
    if len(answer) > MOST_BYTES:
        raise NoAnswer(f"{url}: more than {MOST_BYTES} bytes")
    return answer
