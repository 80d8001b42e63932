"""The yardstick: the same server, a plain Channels consumer, and no work at all."""

import os
import re
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ocpp_platform.settings")

import django

django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402

from apps.gateway.server import serve  # noqa: E402

_ID = re.compile(r'\[2,\s*"([^"]+)"')


class EchoConsumer(AsyncWebsocketConsumer):
    """Answers every call with an empty result, without reading it."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.accept(self.scope["subprotocols"][0])

    async def receive(self, text_data: str = "", bytes_data: bytes = b"") -> None:  # noqa: ARG002
        found = _ID.match(text_data)
        await self.send(f'[3,"{found.group(1) if found else "-1"}",{{}}]')


if __name__ == "__main__":
    serve(EchoConsumer.as_asgi(), "127.0.0.1", int(sys.argv[1]))
