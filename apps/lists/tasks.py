"""What time does to local lists."""

from celery import shared_task
from django.utils import timezone

from apps.lists import upkeep


@shared_task(name="lists.keep")
def keep() -> None:
    """Bring the lists of stations that are online up to date."""
    upkeep.keep(now=timezone.now())
