"""What time does to incidents."""

from functools import partial

from celery import shared_task
from django.utils import timezone

from apps.incidents import notices, services
from ocpp_platform import turns


@shared_task(name="incidents.keep")
def keep() -> None:
    """Bring the open cases together."""
    services.keep_incidents(now=timezone.now())


@shared_task(name="incidents.tell")
def tell() -> None:
    """Tell of incidents by rule."""
    now = timezone.now()
    turns.take(
        ("writing notices", partial(notices.write_notices, now=now)),
        ("sending notices", partial(notices.send_notices, now=now)),
    )
