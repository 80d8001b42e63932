"""What time does to commands."""

from celery import shared_task
from django.utils import timezone

from apps.commands import expiry


@shared_task(name="commands.expire")
def expire() -> None:
    """Confirm what has come by another way, then expire what was not done in time."""
    now = timezone.now()
    expiry.confirm_files(now=now)
    expiry.expire(now=now)
