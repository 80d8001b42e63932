"""What time does to everything that grows."""

from celery import shared_task
from django.utils import timezone

from apps.retention import services


@shared_task(name="retention.prune")
def prune() -> None:
    """Forget what is past its time."""
    services.prune_all(now=timezone.now())
