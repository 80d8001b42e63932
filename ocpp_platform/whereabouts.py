"""The address at which stations reach us, for what is run beside the server."""

import os
from pathlib import Path

from django.conf import settings

DEFAULT_PORT = "8000"


def note_port(port: int) -> None:
    """The server says where it listens."""
    _file().write_text(str(port))


def socket_url() -> str:
    """``ws(s)://host:port`` before the path: as it is set, else as the server last listened."""
    if settings.OCPP_PUBLIC_URL:
        return f"ws{settings.OCPP_PUBLIC_URL.removeprefix('http')}"
    noted = _file().read_text().strip() if _file().exists() else ""
    return f"ws://127.0.0.1:{noted or os.environ.get('PORT', DEFAULT_PORT)}"


def _file() -> Path:
    return Path(settings.VAR) / "port"
