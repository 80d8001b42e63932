"""What time does to certificates."""

from celery import shared_task
from django.utils import timezone

from apps.certificates import services


@shared_task(name="certificates.warn_of_ends")
def warn_of_ends() -> None:
    """Tell people which certificates of stations end soon."""
    services.warn_of_ends(now=timezone.now())
