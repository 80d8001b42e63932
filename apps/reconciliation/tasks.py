"""What time does to cases."""

from celery import shared_task
from django.utils import timezone

from apps.reconciliation import services


@shared_task(name="reconciliation.reconcile")
def reconcile() -> None:
    """Hold what is against what should be."""
    services.reconcile(now=timezone.now())
