"""How the parts are put together: settings, routes, the ASGI application, Celery."""

from ocpp_platform.celery import app as celery_app

__all__ = ["celery_app"]
