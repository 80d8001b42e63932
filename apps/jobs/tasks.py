"""What time does to jobs."""

from celery import shared_task
from django.utils import timezone

from apps.jobs.services import go_on as go_on_with_all


@shared_task(name="jobs.go_on")
def go_on() -> None:
    """Tell the next stations, settle those that answered, give up at the deadline."""
    go_on_with_all(now=timezone.now())
