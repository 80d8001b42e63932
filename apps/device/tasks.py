"""What time does to reports."""

from celery import shared_task
from django.utils import timezone

from apps.device import reports


@shared_task(name="device.watch_reports")
def watch_reports() -> None:
    """Mark reports that fell silent, with the parts that are missing."""
    reports.watch(now=timezone.now())


@shared_task(name="device.forget_customers")
def forget_customers() -> None:
    """Forget what stations told of customers a month ago."""
    reports.let_go(now=timezone.now())
