"""Writes: stations that must renew their certificate, and those that should."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from apps.batch.refs import StationRef
from apps.campaigns.advance import advance
from apps.campaigns.kinds import Kind, Over, Send
from apps.campaigns.life import End, Patience
from apps.campaigns.models import Target
from apps.campaigns.standing import campaign_of, want
from apps.certificates.models import IssuedCertificate
from apps.certificates.selectors import in_use
from apps.commands.models import CommandRow
from apps.commands.services import Intent
from apps.domain.certificates import RenewCertificate
from apps.onboarding.models import Policy, Setup
from apps.onboarding.orders import ACTOR, call_back, order_once, whom
from apps.stations.models import Station
from ocpp_platform.keyset import pages

_FOR_EVER = 32_000
_TO_NEXT_DAY_S = 18 * 3600  # what became of it is seen by the next beat, six hours later


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


class Renewals(Kind):
    """One campaign an organisation, of all stations whose certificate ends soon. Each is told once
    a day until its certificate is another: its answer alone makes no new one.
    """

    name = "renewal"
    patience = Patience(_FOR_EVER, first_pause_s=_TO_NEXT_DAY_S, longest_pause_s=_TO_NEXT_DAY_S)

    def choose(self, targets: Sequence[Target], now: datetime) -> Mapping[int, Send | Over]:
        ending: dict[int, datetime] = {}
        for policy in _policies().filter(
            organisation__in={target.campaign.organisation_id for target in targets}
        ):
            theirs = _ending(policy, now).filter(station__in={t.station_id for t in targets})
            ending |= dict(theirs.values_list("station_id", "not_after"))
        return {target.pk: _next(ending.get(target.station_id)) for target in targets}

    def end_of(self, target: Target, row: CommandRow) -> End:
        end = super().end_of(target, row)
        return end if end is End.OPEN else End.LOST


RENEWALS = Renewals()


def renew_ending(*, now: datetime) -> int:
    """Have stations renew certificates of ours that end soon, once a day; how many were told."""
    for policy in _policies():
        campaign = campaign_of(policy.organisation_id, RENEWALS, name=ACTOR, now=now)
        for page in pages(_ending(policy, now).only("station_id")):
            want(campaign, [issued.station_id for issued in page])
    return advance(RENEWALS, now=now)


def _next(not_after: datetime | None) -> Send | Over:
    if not_after is None:
        return Over()
    return Send(RenewCertificate(), f"Its certificate ends on {not_after:%Y-%m-%d}")


def _policies() -> QuerySet[Policy]:
    return Policy.objects.filter(renew_before_d__isnull=False)


def _ending(policy: Policy, now: datetime) -> QuerySet[IssuedCertificate]:
    until = now + timedelta(days=policy.renew_before_d or 0)
    issued = IssuedCertificate.objects.filter(
        station__organisation_id=policy.organisation_id, kind="station", is_accepted=True,
        not_after__gt=now, not_after__lte=until,
    )  # fmt: skip
    return in_use(issued)
