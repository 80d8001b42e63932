"""WebSocket routes of stations: /ocpp/<identity> and, for short-memoried firmware, /o/.

Whatever else a socket asks for is asked of the same consumer, which turns it away and keeps it: a
charger with a mistyped address must be seen by who set it up.
"""

from django.urls import re_path

from apps.gateway.consumers import StationConsumer

websocket_urlpatterns = [re_path(r"", StationConsumer.as_asgi())]
