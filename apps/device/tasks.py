"""What time does to reports."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from apps.device import happenings, reports


@shared_task(name="device.watch_reports")
def watch_reports() -> None:
    """Mark reports that fell silent, with the parts that are missing."""
    reports.watch(now=timezone.now())


@shared_task(name="device.let_go")
def let_go() -> None:
    """Forget what stations told of customers a month ago, and events as old as the journal."""
    now = timezone.now()
    reports.let_go(now=now)
    happenings.let_go(before=now - timedelta(days=settings.OCPP_JOURNAL_RETENTION_D))
