"""What time does to doors."""

from celery import shared_task
from django.utils import timezone

from apps.uploads import services


@shared_task(name="uploads.sweep")
def sweep() -> None:
    """Forget doors that nobody went through in time."""
    services.sweep(now=timezone.now())
