"""Upkeep of the journal on a schedule."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from apps.journal.models import Message
from ocpp_platform import partitions

TABLE = Message._meta.db_table


@shared_task(name="journal.keep")
def keep() -> None:
    """Make the partitions of the next months, and drop those that are past retention."""
    now = timezone.now()
    partitions.make_ahead(TABLE, now)
    partitions.drop_before(TABLE, now - timedelta(days=settings.OCPP_JOURNAL_RETENTION_D))
