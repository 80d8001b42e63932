"""What time does to stations."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from apps.stations import services


@shared_task(name="stations.sweep_presence")
def sweep_presence() -> None:
    """Show stations that fell silent as offline."""
    services.sweep_presence(now=timezone.now(), factor=settings.OCPP_SILENCE_FACTOR)
