"""What time does to sessions."""

from celery import shared_task
from django.utils import timezone

from apps.sessions import services, strays


@shared_task(name="sessions.watch_silence")
def watch_silence() -> None:
    """Ask for sessions that fell silent, close those that stay silent."""
    services.watch_silence(now=timezone.now())


@shared_task(name="sessions.let_strays_go")
def let_strays_go() -> None:
    """Forget readings whose session never began."""
    strays.let_go(now=timezone.now())
