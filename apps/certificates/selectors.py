"""Reads: issued and installed certificates."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models import Actor
from apps.certificates.models import InstalledCertificate, IssuedCertificate
from apps.domain.certificates import INSTALLED_KINDS
from apps.stations.abilities import PLUG_AND_CHARGE, told_by
from apps.stations.models import Station
from ocpp_platform.scope import scoped


@dataclass(frozen=True, slots=True)
class Standing:
    """Of a certificate that was issued here: to whom, and whether it still holds."""

    identity: str
    is_revoked: bool


def find_standing(fingerprint: str) -> Standing | None:
    """None where it was not issued here."""
    issued = IssuedCertificate.objects.filter(fingerprint=fingerprint)
    found = issued.values_list("station__identity", "revoked_at").first()
    return Standing(found[0], found[1] is not None) if found else None


def list_revoked_since(since: datetime) -> frozenset[str]:
    """Fingerprints of what was revoked from then on."""
    revoked = IssuedCertificate.objects.filter(revoked_at__gte=since)
    return frozenset(revoked.values_list("fingerprint", flat=True))


def list_issued(actor: Actor, station_id: int | None = None) -> QuerySet[IssuedCertificate]:
    """Newest first; of one station, or of all that the actor may see."""
    found = scoped(IssuedCertificate, actor)
    if station_id is not None:
        found = found.filter(station_id=station_id)
    return found.select_related("station").order_by("-issued_at", "-id")


def list_installed(actor: Actor, station_id: int) -> QuerySet[InstalledCertificate]:
    return scoped(InstalledCertificate, actor).filter(station_id=station_id)


def list_ending(actor: Actor) -> QuerySet[IssuedCertificate]:
    """Those that hold or held until their end, the next to end first; replaced ones are not."""
    return in_use(list_issued(actor)).order_by("not_after", "id")


def in_use(issued: QuerySet[IssuedCertificate]) -> QuerySet[IssuedCertificate]:
    """Those among them that were not revoked, refused or replaced."""
    newer = IssuedCertificate.objects.filter(
        station_id=OuterRef("station_id"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"),
        is_accepted=True, revoked_at=None,
    )  # fmt: skip
    held = issued.filter(revoked_at=None).exclude(is_accepted=False)
    return held.filter(~Exists(newer))


def get_issued(actor: Actor, issued_id: int) -> IssuedCertificate:
    """The certificate, or IssuedCertificate.DoesNotExist: also where it is somebody else's."""
    return list_issued(actor).get(pk=issued_id)


def find_signed(
    station_id: int, key_fingerprint: str, kind: str, now: datetime
) -> IssuedCertificate | None:
    """What was made for this very key already and still holds: it is not signed twice (C-07)."""
    issued = IssuedCertificate.objects.filter(
        station_id=station_id, key_fingerprint=key_fingerprint, kind=kind,
        not_after__gt=now, revoked_at=None,
    )  # fmt: skip
    return issued.order_by("-id").first()


def kinds_to_ask(station: Station) -> tuple[str, ...]:
    """() is all that its protocol knows; more are named where it announces Plug & Charge."""
    told = told_by(station.pk, PLUG_AND_CHARGE)
    return INSTALLED_KINDS if told.of(PLUG_AND_CHARGE) else ()
