"""The addresses that a charger is given to find us."""

from urllib.parse import quote

from django.http import HttpRequest


def connection_urls(request: HttpRequest, identity: str) -> list[str]:
    """The long one and the short one, as this host is reached now."""
    scheme = "wss" if request.is_secure() else "ws"
    last = quote(identity, safe="")
    return [f"{scheme}://{request.get_host()}/{path}/{last}" for path in ("ocpp", "o")]
