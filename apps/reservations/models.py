from django.db import models

from apps.accounts.models import Organisation
from apps.journal.secrecy import shown
from apps.reservations.life import OPEN, Life
from apps.stations.models import Station


class Reservation(models.Model):
    """Its id is the one that the station is told. No EVSE and no connector type: any EVSE."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="reservations")
    evse_id = models.PositiveIntegerField(null=True)
    connector_type = models.CharField(max_length=20, blank=True)
    token_uid = models.CharField(max_length=36)
    token_kind = models.CharField(max_length=20, blank=True)
    group = models.CharField(max_length=36, blank=True)
    state = models.CharField(
        max_length=9, choices=[(s.value, s.value.capitalize()) for s in Life], default=Life.PENDING
    )
    detail = models.CharField(max_length=255, blank=True)
    actor = models.CharField(max_length=160, blank=True)
    session_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-created_at"], name="reservation_recent"),
            models.Index(fields=["station", "-created_at"], name="reservation_by_station"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(state__in=[s.value for s in OPEN]),
                name="reservation_open",
            ),
        ]

    @property
    def shown_token(self) -> str:
        """What people may see of the token; no code that a driver types."""
        return shown(self.token_uid, self.token_kind)
