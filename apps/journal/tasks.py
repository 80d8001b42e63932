"""Upkeep of the journal on a schedule."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from apps.journal import months
from apps.journal.models import TABLE
from ocpp_platform import partitions


@shared_task(name="journal.keep")
def keep() -> None:
    """Make the partitions of the next months, and let go of those that are past their time."""
    now = timezone.now()
    with suppress(partitions.Held):  # months are made ahead, so that the next beat will do
        partitions.make_ahead(TABLE, now)
    months.let_go(now=now)
