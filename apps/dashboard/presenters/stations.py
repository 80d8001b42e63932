"""Stations as rows, heads and EVSE cards."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects
from django.utils import timezone

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.domain import clocks
from apps.sessions import selectors as sessions
from apps.sessions.flow import power_now_w
from apps.sessions.models import Session
from apps.stations import availability, faults, selectors
from apps.stations.availability import Shown
from apps.stations.models import Connector, Station
from apps.stations.sharing import find_pair, two_boxes

_CONNECTIONS = {
    "online": ("Online", "ok", "wifi"),
    "late": ("Late", "paused", "clock"),
    "offline": ("Offline", "offline", "wifi-off"),
    "never": ("Never connected", "offline", "circle-slash"),
}
_ATTENTION = {shown.key: rank for rank, shown in enumerate(availability.ALL)}


@dataclass(frozen=True, slots=True)
class Plug:
    """A connector, what is shown of it, and its fault in words."""

    connector: Connector
    shown: Shown
    fault: str
    advice: str


@dataclass(frozen=True, slots=True)
class StationRow:
    station: Station
    plugs: list[Plug]
    shown: Shown
    since: datetime | None
    detail: str
    power_w: float | None
    topics: frozenset[str]
    key: str


@dataclass(frozen=True, slots=True)
class StationHead:
    """The three clocks of truth: connection, operation, administration."""

    station: Station
    connection: tuple[str, str, str]
    operation: Shown
    operation_at: datetime | None
    summary: str
    administration: tuple[str, str, str]
    aliases: list[str]
    tags: list[str]
    may_be_tagged: bool
    two_boxes: str
    clock: str
    key: str

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({f"station:{self.key}"})


@dataclass(frozen=True, slots=True)
class EvseCard:
    station: Station
    number: int
    plugs: list[Plug]
    session: Session | None
    is_greyed: bool
    topics: frozenset[str]
    key: str


def station_rows(actor: Actor, stations: Iterable[Station]) -> list[StationRow]:
    """In three queries, however many stations."""
    found = list(stations)
    prefetch_related_objects(found, "tags")
    ids = [station.pk for station in found]
    plugs = _plugs(actor, ids)
    running: dict[int, list[Session]] = defaultdict(list)
    for session in sessions.list_running(actor, ids):
        running[session.station_id].append(session)
    return [_row(station, plugs[station.pk], running[station.pk]) for station in found]


def station_head(actor: Actor, station: Station) -> StationHead:
    plugs = _plugs(actor, [station.pk])[station.pk]
    shown, since = _worst(station, plugs)
    states = [availability.operation(p.connector.status, p.connector.session_state) for p in plugs]
    operation = min(states, key=lambda s: _ATTENTION[s.key], default=availability.UNKNOWN)
    return StationHead(
        station=station,
        connection=_CONNECTIONS[selectors.connection_of(station, timezone.now())],
        operation=operation,
        operation_at=since if shown.last == "" else _latest(plugs),
        summary=_summary(states),
        administration=_administration(station, states),
        two_boxes=two_boxes(station, timezone.now()),
        aliases=[alias.identity for alias in station.aliases.all()],
        may_be_tagged=actor.may(Permission.EDIT_STATIONS),
        tags=[tag.word for tag in station.tags.all()],
        clock=clocks.said(station.clock_offset_s, station.clock_drift_s_per_day),
        key=str(station.pk),
    )


def evse_cards(actor: Actor, station: Station) -> list[EvseCard]:
    by_evse: dict[int, list[Plug]] = defaultdict(list)
    for plug in _plugs(actor, [station.pk])[station.pk]:
        by_evse[plug.connector.evse.number].append(plug)
    running = {s.evse_id: s for s in sessions.list_running(actor, [station.pk])}
    return [
        _card(station, number, plugs, running.get(number))
        for number, plugs in sorted(by_evse.items())
    ]


def connection_words(station: Station) -> tuple[str, str, str]:
    """Word, tone, icon."""
    return _CONNECTIONS[selectors.connection_of(station, timezone.now())]


def _plugs(actor: Actor, station_ids: list[int]) -> dict[int, list[Plug]]:
    plugs: dict[int, list[Plug]] = defaultdict(list)
    for connector in selectors.list_connectors(actor, station_ids):
        plugs[connector.station_id].append(
            Plug(
                connector,
                selectors.shown_of(connector),
                faults.words(connector.error_code),
                faults.advice(connector.error_code),
            )
        )
    return plugs


def _row(station: Station, plugs: list[Plug], running: list[Session]) -> StationRow:
    shown, since = _worst(station, plugs)
    watched = {f"station:{station.pk}", *(f"session:{s.pk}" for s in running)}
    now = timezone.now()
    power = [watts for s in running if (watts := power_now_w(s, now)) is not None]
    return StationRow(
        station=station,
        plugs=plugs,
        shown=shown,
        since=since,
        detail=_two_boxes(station) or _waiting(station) or _detail(shown, plugs, running),
        power_w=sum(power) if power else None,
        topics=frozenset(watched),
        key=str(station.pk),
    )


def _card(station: Station, number: int, plugs: list[Plug], session: Session | None) -> EvseCard:
    topics = {f"station:{station.pk}"}
    if session is not None:
        topics.add(f"session:{session.pk}")
    return EvseCard(
        station=station,
        number=number,
        plugs=plugs,
        session=session,
        is_greyed=not station.is_connected,
        topics=frozenset(topics),
        key=f"{station.pk}-{number}",
    )


def _worst(station: Station, plugs: list[Plug]) -> tuple[Shown, datetime | None]:
    """The state that the row shows: the one that needs a person most, and since when."""
    if not station.is_connected:
        shown = availability.shown(
            "", "", is_connected=False, was_seen=station.last_seen_at is not None
        )
        return shown, station.connection_changed_at or station.last_seen_at
    if not plugs:
        return availability.UNKNOWN, station.connection_changed_at
    worst = min(plugs, key=lambda plug: _ATTENTION[plug.shown.key])
    return worst.shown, worst.connector.status_at


def _two_boxes(station: Station) -> str:
    pair = find_pair(station, timezone.now())
    return f"Two boxes: {pair[0].name}, {pair[1].name}" if pair else ""


def _waiting(station: Station) -> str:
    if station.is_stranger and station.boot_policy == "pending":
        return "Waits to be accepted"
    return "Held, told to wait" if station.boot_status == "Pending" else ""


def _detail(shown: Shown, plugs: list[Plug], running: list[Session]) -> str:
    faulty = [p for p in plugs if p.shown is availability.FAULTED]
    if faulty:
        return faulty[0].fault or faulty[0].connector.info or "No error code given"
    if shown is availability.CHARGING or running:
        return f"{len(running)} of {len(plugs)} in use"
    return ""


def _summary(states: list[Shown]) -> str:
    """ "2 Available, 1 Charging"; nothing where one word says it all."""
    if len({state.key for state in states}) < 2:
        return f"all {len(states)} connectors" if len(states) > 1 else ""
    counts: dict[str, int] = defaultdict(int)
    for state in states:
        counts[state.word] += 1
    return ", ".join(f"{n} {word.lower()}" for word, n in counts.items())


def _administration(station: Station, states: list[Shown]) -> tuple[str, str, str]:
    if station.boot_policy == "rejected":
        return "Rejected", "faulted", "ban"
    if station.is_stranger and station.boot_policy == "pending":
        return "Waiting to be accepted", "paused", "hourglass"
    if station.boot_policy == "pending":
        return "In deployment", "paused", "hourglass"
    if station.boot_status == "Pending":
        return "Held, told to wait", "paused", "hourglass"
    if states and all(state is availability.OUT_OF_SERVICE for state in states):
        return "Out of service", "out", "wrench"
    return "In service", "ok", "check"


def _latest(plugs: list[Plug]) -> datetime | None:
    return max((p.connector.status_at for p in plugs if p.connector.status_at), default=None)
