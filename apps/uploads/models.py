from django.db import models
from django.db.models import Q


class Upload(models.Model):
    """Where one station may put one file, until it has or ``expires_at``.

    ``path`` is relative to the uploads folder; ``size_bytes`` is what has come so far.
    """

    organisation_id = models.BigIntegerField()
    station_id = models.BigIntegerField()
    command_id = models.BigIntegerField(null=True)
    secret_digest = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    name = models.CharField(max_length=120, blank=True)
    path = models.CharField(max_length=200, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["station_id", "-opened_at"], name="door_by_station"),
            models.Index(
                fields=["expires_at"], condition=Q(completed_at__isnull=True), name="door_open"
            ),
            models.Index(
                fields=["command_id"], condition=Q(command_id__isnull=False), name="door_by_command"
            ),
        ]
