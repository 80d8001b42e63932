"""The addresses that a charger is given to find us."""

from django.http import HttpRequest


def connection_urls(request: HttpRequest, identity: str) -> list[str]:
    """The long one and the short one, as this host is reached now."""
    scheme = "wss" if request.is_secure() else "ws"
    return [f"{scheme}://{request.get_host()}/{path}/{identity}" for path in ("ocpp", "o")]
