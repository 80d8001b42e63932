"""Reads: what stations have sent, of the actor's organisation."""

from django.db.models import QuerySet

from apps.uploads.models import Upload
from ocpp_platform.scope import Insider, scoped


def list_files(actor: Insider, station_id: int) -> QuerySet[Upload]:
    """The station's files, newest first; those that have come whole."""
    return _come(actor).filter(station_id=station_id).order_by("-opened_at")


def get_file(actor: Insider, upload_id: int) -> Upload:
    """One file; Upload.DoesNotExist where it is not the actor's or has not come."""
    return _come(actor).get(pk=upload_id)


def _come(actor: Insider) -> QuerySet[Upload]:
    return scoped(Upload, actor).filter(completed_at__isnull=False)
