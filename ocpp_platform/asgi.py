"""The ASGI application: browsers on /live/, every other socket a station, all else HTTP."""

import asyncio
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ocpp_platform.settings")

import django

django.setup(set_prefix=False)

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402

from apps.dashboard.routing import websocket_urlpatterns as browsers  # noqa: E402
from apps.gateway.routing import websocket_urlpatterns as stations  # noqa: E402
from apps.gateway.unfit import is_of_people  # noqa: E402
from apps.live.announce import board  # noqa: E402
from ocpp_platform.streaming import Handler, attended  # noqa: E402

_to_stations = URLRouter(stations)
_to_people = ProtocolTypeRouter(
    {
        "http": attended(Handler()),
        "websocket": OriginValidator(
            AuthMiddlewareStack(URLRouter(browsers)),
            [*settings.ALLOWED_HOSTS, *settings.CSRF_TRUSTED_ORIGINS],
        ),
    }
)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Stations bypass what only browsers need: sessions, cookies, origins."""
    board.attach(asyncio.get_running_loop())
    path = scope.get("raw_path") or scope.get("path", "").encode()
    is_station = scope["type"] == "websocket" and not is_of_people(path)
    await (_to_stations if is_station else _to_people)(scope, receive, send)
