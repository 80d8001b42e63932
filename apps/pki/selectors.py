"""Reads: issued and installed certificates."""

from datetime import datetime

from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.pki.models import InstalledCertificate, IssuedCertificate


def is_revoked(fingerprint: str) -> bool:
    """Whether this certificate is one of ours that we have taken back."""
    issued = IssuedCertificate.objects.filter(fingerprint=fingerprint)
    return issued.filter(revoked_at__isnull=False).exists()


def list_issued(actor: Actor, station_id: int | None = None) -> QuerySet[IssuedCertificate]:
    """Newest first; of one station, or of all that the actor may see."""
    found = IssuedCertificate.objects.filter(station__organisation_id=actor.organisation_id)
    if station_id is not None:
        found = found.filter(station_id=station_id)
    return found.select_related("station").order_by("-issued_at", "-id")


def list_installed(actor: Actor, station_id: int) -> QuerySet[InstalledCertificate]:
    return InstalledCertificate.objects.filter(
        station_id=station_id, station__organisation_id=actor.organisation_id
    )


def find_signed(
    station_id: int, key_fingerprint: str, kind: str, now: datetime
) -> IssuedCertificate | None:
    """What was made for this very key already and still holds: it is not signed twice (C-07)."""
    issued = IssuedCertificate.objects.filter(
        station_id=station_id, key_fingerprint=key_fingerprint, kind=kind,
        not_after__gt=now, revoked_at=None,
    )  # fmt: skip
    return issued.order_by("-id").first()
