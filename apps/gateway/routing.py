"""WebSocket routes of stations: /ocpp/<identity> and, for short-memoried firmware, /o/."""

from django.urls import re_path

from apps.gateway.consumers import StationConsumer

websocket_urlpatterns = [
    re_path(r"^(?:ocpp|o)/", StationConsumer.as_asgi()),
]
