"""What time does to incidents."""

from celery import shared_task
from django.utils import timezone

from apps.incidents import services


@shared_task(name="incidents.keep")
def keep() -> None:
    """Bring the open cases together."""
    services.keep_incidents(now=timezone.now())
