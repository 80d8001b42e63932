"""What time does to reservations."""

from celery import shared_task
from django.utils import timezone

from apps.reservations import services


@shared_task(name="reservations.expire")
def expire() -> None:
    """End what is over although its station said nothing (1.6 has no such message)."""
    services.expire(now=timezone.now())
