"""What time does to limits."""

from celery import shared_task
from django.utils import timezone

from apps.power import turns


@shared_task(name="power.push_due")
def push_due() -> None:
    """Send what is due, and report what was not taken."""
    now = timezone.now()
    turns.push_due(now=now)
    turns.report_outcomes(now=now)
