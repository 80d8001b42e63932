"""What time does to commands."""

from functools import partial

from celery import shared_task
from django.utils import timezone

from apps.commands import expiry
from ocpp_platform import turns


@shared_task(name="commands.expire")
def expire() -> None:
    """Confirm what has come by another way, then expire what was not done in time."""
    now = timezone.now()
    turns.take(
        ("confirming files", partial(expiry.confirm_files, now=now)),
        ("expiring commands", partial(expiry.expire, now=now)),
    )
