"""Reads: what stations should hold, and what they do hold."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Upper

from apps.accounts.models import Actor
from apps.campaigns.life import OPEN as OPEN_TARGETS
from apps.campaigns.life import Life
from apps.campaigns.models import Target
from apps.commands.models import CommandRow, State
from apps.domain.authorization import NO_AUTHORIZATION, SendLocalList
from apps.domain.vocabulary import BootStatus
from apps.lists import plan
from apps.lists.models import ListPolicy, Push, Scope, StationList
from apps.lists.plan import Entry, Limits
from apps.stations import abilities
from apps.stations.models import Station
from apps.tokens.authorization import find_status
from apps.tokens.models import Token
from apps.tokens.selectors import list_ordinary

KIND = "local_list"  # under which their campaigns are kept
_LIMITS = (
    abilities.LIST_ENTRIES_PER_MESSAGE, abilities.LIST_BYTES_PER_MESSAGE, abilities.LIST_ENTRIES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListState:
    """The list of a station held against what it should hold.

    ``missing``: keys that it lacks or holds otherwise; ``surplus``: keys that it should not
    hold; both None while it is not known what it holds. ``retry_at``: after a refusal.
    """

    row: StationList
    wanted: Mapping[str, Entry]
    missing: list[str] | None
    surplus: list[str] | None
    left_out: int
    is_busy: bool
    retry_at: datetime | None

    @property
    def is_current(self) -> bool:
        return self.missing == [] and self.surplus == []


def get_policy(organisation_id: int) -> ListPolicy:
    """As stored, or what holds where nothing is."""
    known = ListPolicy.objects.filter(organisation_id=organisation_id).first()
    return known or ListPolicy(organisation_id=organisation_id)


def get_policy_of(actor: Actor) -> ListPolicy:
    return get_policy(actor.organisation_id)


def get_list(station: Station) -> StationList:
    """As stored, or one of which nothing is known."""
    known = StationList.objects.filter(station=station).first()
    return known or StationList(station=station)


def get_state(station: Station, now: datetime) -> ListState:
    """What the station holds, held against what it should hold at ``now``."""
    row, limits = get_list(station), limits_of(station.pk)
    everybody = wanted_in(station.organisation_id, now)
    wanted = plan.within(everybody, limits, row.forgotten)
    missing = surplus = None
    if row.held is not None:
        missing = [k for k, e in wanted.items() if row.held.get(k) != plan.digest(e)]
        surplus = sorted(row.held.keys() - wanted.keys())
    return ListState(
        row=row,
        wanted=wanted,
        missing=missing,
        surplus=surplus,
        left_out=len(everybody) - len(wanted) - len(set(row.forgotten) & everybody.keys()),
        is_busy=station.pk in busy_stations([station.pk]),
        retry_at=_retry_at(station.pk),
    )


def _retry_at(station_id: int) -> datetime | None:
    resting = Target.objects.filter(station_id=station_id, campaign__kind=KIND, state=Life.WAITING)
    return resting.values_list("next_at", flat=True).first()


def wanted_in(organisation_id: int, now: datetime) -> dict[str, Entry]:
    """The entries of an organisation's stations at ``now``, by ``plan.key``.

    Of all accepted tokens those that are in force; of chosen ones also the refused, so that a
    station refuses them while it cannot ask. No master passes: a station that cannot tell them
    from others would let them start. Nor what has a twin of the same uid: the station is to ask.
    """
    twins = Token.objects.annotate(upper=Upper("uid")).filter(
        organisation_id=organisation_id, upper=Upper(OuterRef("uid"))
    )
    tokens = list_ordinary(organisation_id).exclude(type=NO_AUTHORIZATION)
    is_chosen = get_policy(organisation_id).scope == Scope.CHOSEN
    tokens = tokens.filter(is_listed=True) if is_chosen else tokens.filter(status="accepted")
    found = {}
    single = ~Exists(twins.exclude(pk=OuterRef("pk")))
    for token in tokens.filter(single).order_by("uid", "id"):
        is_over = token.expires_at is not None and token.expires_at <= now
        if is_chosen or not is_over:
            found[plan.key(token.uid, token.type)] = entry_of(token, now)
    return found


def entry_of(token: Token, now: datetime) -> Entry:
    """What a station is told of a token; what says nothing is left out."""
    told: dict[str, Any] = {
        "group": token.group,
        "expires_at": token.expires_at.isoformat() if token.expires_at else "",
        "language": token.language,
        "personal_message": token.personal_message,
        "charging_priority": token.charging_priority,
    }
    status = find_status(token.status, token.expires_at, now)
    entry = {"uid": token.uid, "type": token.type, "status": status.value}
    return entry | {name: value for name, value in told.items() if value}


def list_automatic(organisation_ids: Collection[int]) -> set[int]:
    """Those of the organisations whose lists are kept up to date by us."""
    by_us = ListPolicy.objects.filter(organisation_id__in=organisation_ids, is_automatic=True)
    return set(by_us.values_list("organisation_id", flat=True))


def list_online(organisation_id: int) -> QuerySet[Station]:
    """Stations that may be sent a list now, with what is known of their lists.

    Not those that are under way to theirs, or rest after a refusal.
    """
    under_way = Target.objects.filter(
        station_id=OuterRef("pk"), campaign__kind=KIND, state__in=OPEN_TARGETS
    )
    online = Station.objects.filter(
        organisation_id=organisation_id, is_connected=True, boot_status=BootStatus.ACCEPTED
    ).exclude(local_list__is_supported=False)
    return online.filter(~Exists(under_way)).annotate(
        list_print=F("local_list__fingerprint"),
        list_forgotten=F("local_list__forgotten"),
        list_push=F("local_list__push"),
    )


def list_stale(page: Collection[Any], wanted: Mapping[str, Entry]) -> list[Station]:
    """Those of ``list_online`` that do not hold what they should, and are being sent nothing.

    In two queries, however many stations; what they hold is told by its fingerprint alone.
    """
    keys = [station.pk for station in page]
    limits, busy = limits_of_all(keys), busy_stations(keys)
    prints: dict[tuple[object, ...], str] = {}
    stale = []
    for station in page:
        forgotten, most = station.list_forgotten or (), limits[station.pk].entries
        kind = (most, *forgotten)
        if kind not in prints:
            mine = plan.within(wanted, Limits(entries=most), forgotten)
            prints[kind] = plan.fingerprint({name: plan.digest(e) for name, e in mine.items()})
        is_stale = station.list_print != prints[kind] or station.list_push == Push.PUSHING
        if is_stale and station.pk not in busy:
            stale.append(station)
    return stale


def limits_of(station_id: int) -> Limits:
    return limits_of_all([station_id])[station_id]


def limits_of_all(keys: Collection[int]) -> dict[int, Limits]:
    """What the stations said that their list and one message take (L-04, L-07)."""
    told = abilities.told_by_many(keys, *_LIMITS)
    return {key: Limits(*map(told[key].of, _LIMITS)) for key in keys}


def busy_stations(station_ids: list[int]) -> set[int]:
    """Those among them to which a list is on its way."""
    open_ = CommandRow.objects.filter(
        station_id__in=station_ids,
        name=SendLocalList.declared.name,
        state__in=(State.QUEUED, State.SENT),
    )
    return set(open_.values_list("station_id", flat=True))
