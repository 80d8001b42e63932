"""Upkeep of accounts on a schedule."""

from celery import shared_task
from django.utils import timezone

from apps.accounts import log_ins


@shared_task(name="accounts.forget_log_ins")
def forget_log_ins() -> None:
    """Wrong log-ins are not kept for ever."""
    log_ins.forget_old(timezone.now())
