"""Costs are told again while they grow."""

from celery import shared_task
from django.utils import timezone

from apps.costs import services


@shared_task(name="costs.tell")
def tell() -> None:
    """Tell stations that show it what their sessions cost."""
    services.tell(now=timezone.now())
