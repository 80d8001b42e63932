"""The socket of the control room; the ASGI application adds log-in and the check of origins."""

from django.urls import path

from apps.dashboard.consumers import LiveConsumer

websocket_urlpatterns = [path("live/", LiveConsumer.as_asgi())]
