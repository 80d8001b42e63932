"""What time does to limits."""

from celery import shared_task
from django.utils import timezone

from apps.campaigns.advance import advance
from apps.power.planned import LIMITS


@shared_task(name="power.push_due")
def push_due() -> None:
    """Send what is due, and report what was not taken."""
    advance(LIMITS, now=timezone.now())
