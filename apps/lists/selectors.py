"""Reads: what stations should hold, and what they do hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.accounts.models import Actor
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

_LIMITS = (
    abilities.LIST_ENTRIES_PER_MESSAGE, abilities.LIST_BYTES_PER_MESSAGE, abilities.LIST_ENTRIES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListState:
    """The list of a station held against what it should hold.

    ``missing``: keys that it lacks or holds otherwise; ``surplus``: keys that it should not
    hold; both None while it is not known what it holds.
    """

    row: StationList
    wanted: Mapping[str, Entry]
    missing: list[str] | None
    surplus: list[str] | None
    left_out: int
    is_busy: bool

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
    )


def wanted_in(organisation_id: int, now: datetime) -> dict[str, Entry]:
    """The entries of an organisation's stations at ``now``, by ``plan.key``.

    Of all accepted tokens those that are in force; of chosen ones also the refused, so that a
    station refuses them while it cannot ask. No master passes: a station that cannot tell them
    from others would let them start.
    """
    tokens = list_ordinary(organisation_id).exclude(type=NO_AUTHORIZATION)
    is_chosen = get_policy(organisation_id).scope == Scope.CHOSEN
    tokens = tokens.filter(is_listed=True) if is_chosen else tokens.filter(status="accepted")
    found = {}
    for token in tokens.order_by("uid", "id"):
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


def list_stale(organisation_id: int, wanted: Mapping[str, Entry], now: datetime) -> list[int]:
    """Stations that are online, may be sent a list, and do not hold what they should.

    In three queries, however many stations; what they hold is told by its fingerprint alone.
    """
    online = Station.objects.filter(
        organisation_id=organisation_id, is_connected=True, boot_status=BootStatus.ACCEPTED
    ).exclude(local_list__is_supported=False)
    rows = online.exclude(local_list__retry_at__gt=now).values_list(
        "pk", "local_list__fingerprint", "local_list__forgotten", "local_list__push"
    )
    most = _most_entries(organisation_id)
    prints: dict[tuple[object, ...], str] = {}
    stale = []
    for station_id, fingerprint, forgotten, push in rows:
        kind = (most.get(station_id), *(forgotten or ()))
        if kind not in prints:
            mine = plan.within(wanted, Limits(entries=most.get(station_id)), forgotten or ())
            prints[kind] = plan.fingerprint({name: plan.digest(e) for name, e in mine.items()})
        if fingerprint != prints[kind] or push == Push.PUSHING:
            stale.append(station_id)
    busy = busy_stations(stale)
    return [station_id for station_id in stale if station_id not in busy]


def _most_entries(organisation_id: int) -> dict[int, int]:
    """How many entries the stations of an organisation hold at most, where they said so."""
    stations = Station.objects.filter(organisation_id=organisation_id)
    told = abilities.told_by_many(stations.values_list("pk", flat=True), abilities.LIST_ENTRIES)
    most = {key: one.of(abilities.LIST_ENTRIES) for key, one in told.items()}
    return {key: count for key, count in most.items() if count is not None}


def limits_of(station_id: int) -> Limits:
    """What the station said that its list and one message take (L-04, L-07)."""
    told = abilities.told_by(station_id, *_LIMITS)
    return Limits(*map(told.of, _LIMITS))


def busy_stations(station_ids: list[int]) -> set[int]:
    """Those among them to which a list is on its way."""
    open_ = CommandRow.objects.filter(
        station_id__in=station_ids,
        name=SendLocalList.declared.name,
        state__in=(State.QUEUED, State.SENT),
    )
    return set(open_.values_list("station_id", flat=True))
