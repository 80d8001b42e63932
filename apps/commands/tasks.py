"""What time does to commands."""

from celery import shared_task
from django.utils import timezone

from apps.commands import services


@shared_task(name="commands.expire")
def expire() -> None:
    """Expire what was not sent, answered or confirmed in time."""
    services.expire(now=timezone.now())
