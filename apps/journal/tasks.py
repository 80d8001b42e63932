"""Upkeep of the journal on a schedule."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from apps.journal import partitions, services


@shared_task(name="journal.keep")
def keep() -> None:
    """Make the partitions of the next months and forget what is past retention."""
    now = timezone.now()
    oldest = services.horizon(now, settings.OCPP_JOURNAL_RETENTION_D)
    partitions.make_ahead(now)
    partitions.drop_before(oldest)
    services.forget_messages_before(oldest)
    services.forget_before(oldest)
    services.forget_strangers_before(services.horizon(now, settings.OCPP_STRANGERS_RETENTION_D))
