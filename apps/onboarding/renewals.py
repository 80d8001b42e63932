"""Writes: stations that must renew their certificate, and those that should."""

from datetime import datetime, timedelta

from apps.batch.refs import StationRef
from apps.certificates.models import IssuedCertificate
from apps.certificates.selectors import in_use
from apps.commands.services import Intent
from apps.domain.certificates import RenewCertificate
from apps.onboarding.models import Policy, Setup
from apps.onboarding.orders import call_back, order_once, whom
from apps.stations.models import Station
from ocpp_platform.keyset import pages


def note_certificate(ref: StationRef, why: str, *, has_certificate: bool, now: datetime) -> None:
    """A socket was opened with a certificate that must be renewed (``why``), or with a good one."""
    if why:
        facts = {"renew_since": now, "renew_why": why[:200]}
        Setup.objects.update_or_create(station_id=ref.id, defaults=facts)
        renew(ref.id, now=now)
    elif has_certificate:
        renewing = Setup.objects.filter(station_id=ref.id, renew_since__isnull=False)
        if renewing.update(renew_since=None, renew_why=""):
            call_back(Station.objects.get(pk=ref.id), now, is_here=True)


def renew(station_id: int, *, now: datetime) -> None:
    """Have the station ask for its new certificate, once at a time."""
    station = Station.objects.get(pk=station_id)
    order_once([Intent(whom(station), RenewCertificate(), "Its certificate must be renewed")], now)


def renew_ending(*, now: datetime) -> int:
    """Have stations renew certificates of ours that end soon, once a day; how many were told."""
    told = 0
    for policy in Policy.objects.filter(renew_before_d__isnull=False):
        until = now + timedelta(days=policy.renew_before_d or 0)
        issued = IssuedCertificate.objects.filter(
            station__organisation_id=policy.organisation_id, kind="station", is_accepted=True,
            not_after__gt=now, not_after__lte=until,
        )  # fmt: skip
        for page in pages(in_use(issued).select_related("station")):
            told += order_once([_renewal(one) for one in page], now, within=timedelta(days=1))
    return told


def _renewal(certificate: IssuedCertificate) -> Intent:
    reason = f"Its certificate ends on {certificate.not_after:%Y-%m-%d}"
    return Intent(whom(certificate.station), RenewCertificate(), reason)
