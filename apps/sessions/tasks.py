"""What time does to sessions."""

from celery import shared_task
from django.utils import timezone

from apps.sessions import services


@shared_task(name="sessions.watch_silence")
def watch_silence() -> None:
    """Ask for sessions that fell silent, close those that stay silent."""
    services.watch_silence(now=timezone.now())
