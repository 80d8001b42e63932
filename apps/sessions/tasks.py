"""What time does to sessions."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from apps.sessions import services, upkeep
from apps.sessions.models import Sample
from ocpp_platform import partitions

SAMPLES = Sample._meta.db_table


@shared_task(name="sessions.watch_silence")
def watch_silence() -> None:
    """Ask for sessions that fell silent, close those that stay silent."""
    services.watch_silence(now=timezone.now())


@shared_task(name="sessions.keep_samples")
def keep_samples() -> None:
    """Make the partitions of the next months, and thin the samples of old sessions."""
    now = timezone.now()
    with suppress(partitions.Held):  # months are made ahead, so that the next beat will do
        partitions.make_ahead(SAMPLES, now)
    upkeep.thin_samples(now=now)
