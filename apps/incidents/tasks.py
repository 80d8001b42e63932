"""What time does to incidents."""

from celery import shared_task
from django.utils import timezone

from apps.incidents import notices, services


@shared_task(name="incidents.keep")
def keep() -> None:
    """Bring the open cases together."""
    services.keep_incidents(now=timezone.now())


@shared_task(name="incidents.tell")
def tell() -> None:
    """Tell of incidents by rule."""
    now = timezone.now()
    notices.write_notices(now=now)
    notices.send_notices(now=now)
