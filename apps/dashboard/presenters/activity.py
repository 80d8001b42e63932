"""What happened at a station: commands, statuses, comings and goings, notices, on one line."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from apps.accounts.models import Actor
from apps.commands import selectors as commands
from apps.commands.models import FINAL, CommandRow
from apps.commands.poison import unbearable
from apps.commands.selectors import CommandFilter
from apps.dashboard.actions import concerning
from apps.dashboard.presenters.commands import CommandLife, command_life, title_of
from apps.dashboard.presenters.monitoring import EventLine, event_line
from apps.device import alerts
from apps.device import selectors as device
from apps.history import doers, kinds
from apps.history import selectors as history
from apps.history.models import Fact
from apps.journal import selectors as journal
from apps.journal.models import LinkEvent
from apps.stations import availability, faults, selectors
from apps.stations.models import Station, StationNotice, StatusChange

_RECENT = timedelta(minutes=10)
_LIVES = 6
_LINK_WORDS = {
    "connected": ("ok", "wifi", "Connected"),
    "disconnected": ("offline", "wifi-off", "Connection lost"),
    "replaced": ("plugged", "refresh-cw", "Replaced by a newer connection"),
    "silent": ("offline", "wifi-off", "Fell silent"),
}
# What has a line of its own here already: commands, statuses, and the rows that tell more.
_SHOWN_ELSEWHERE = (
    kinds.COMMAND_GIVEN, kinds.COMMAND_CONFIRMED, kinds.COMMAND_FAILED, kinds.COMMAND_SUPERSEDED,
    kinds.CONNECTOR_FAULTED, kinds.CONNECTOR_RECOVERED, kinds.RESERVATION_MADE,
)  # fmt: skip
_FACT_ICONS = {kinds.SESSION: "zap", kinds.CERTIFICATE: "shield", kinds.RESERVATION: "clock"}
_NOTICE_ICONS = {"transfer": "arrow-left-right", "firmware": "cpu"}


@dataclass(frozen=True, slots=True)
class StationCommands:
    """Commands that still run, and those that were settled a moment ago."""

    lives: list[CommandLife]
    topics: frozenset[str]
    key: str
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    tone: str
    icon: str
    text: str
    detail: str = ""
    command_id: int | None = None


@dataclass(frozen=True, slots=True)
class NotBorne:
    """A call that is not sent by itself any more. ``at``: when its last try left."""

    title: str
    at: datetime
    command_id: int


def not_borne(station: Station, now: datetime) -> list[NotBorne]:
    rows = unbearable([station.pk], now).values()
    return [NotBorne(title_of(row), row.sent_at or row.created_at, row.pk) for row in rows]


def station_commands(actor: Actor, station: Station, tab: str = "") -> StationCommands:
    """Of the whole station, or those that concern one ``tab`` of its page."""
    since = timezone.now() - _RECENT
    rows = commands.list_commands(actor, CommandFilter(station_id=station.pk))
    if names := concerning(tab):
        rows = rows.filter(name__in=names)
    fresh = [r for r in rows[:_LIVES] if r.state not in FINAL or r.created_at > since]
    topics = {f"station:{station.pk}", *(f"command:{row.pk}" for row in fresh)}
    key = f"{station.pk}-{tab}" if tab else str(station.pk)
    return StationCommands([command_life(r) for r in fresh], frozenset(topics), key, bool(tab))


def activity(actor: Actor, station: Station, *, since: datetime, limit: int = 150) -> list[Entry]:
    """Newest first."""
    rows = commands.list_commands(actor, CommandFilter(station_id=station.pk))
    entries = [_command(row) for row in rows.filter(created_at__gte=since)[:limit]]
    links = journal.list_link_events(actor, station_id=station.pk, since=since, limit=limit)
    entries += [_link(link) for link in links]
    changes = selectors.list_status_changes(actor, station.pk, since=since, limit=limit)
    entries += [_change(change) for change in changes]
    notices = selectors.list_notices(actor, station.pk, limit=limit)
    entries += [_notice(notice) for notice in notices if notice.at >= since]
    facts = history.list_of_station(actor, station.pk, since=since)
    told = facts.exclude(kind__in=[kind.name for kind in _SHOWN_ELSEWHERE])[:limit]
    entries += [_fact(fact) for fact in told]
    events = device.list_events(actor, station.pk, since=since).filter(is_status=False)[:limit]
    entries += [_event(event_line(line)) for line in alerts.joined(events)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def _command(row: CommandRow) -> Entry:
    life = command_life(row)
    by = f" by {row.actor}" if row.actor else ""
    detail = row.observed or row.reason or row.detail
    return Entry(row.created_at, life.tone, "send", f"{title_of(row)}{by}: {life.word.lower()}",
                 detail, row.pk)  # fmt: skip


def _link(link: LinkEvent) -> Entry:
    tone, icon, text = _LINK_WORDS.get(link.kind, ("offline", "plug", link.kind))
    where = " · ".join(part for part in (link.protocol, link.ip, link.reason) if part)
    return Entry(link.at, tone, icon, text, where)


def _change(change: StatusChange) -> Entry:
    shown = availability.operation(change.status, "")
    if change.evse_id == 0:
        what = "Station"
    else:
        what = f"EVSE {change.evse_id}"
        what += f", connector {change.connector_id}" if change.connector_id else ""
    said = " · ".join(p for p in (faults.words(change.error_code), change.info) if p)
    return Entry(change.at, shown.tone, shown.icon, f"{what}: {change.status}", said)


def _event(line: EventLine) -> Entry:
    tone, icon, word = line.chip
    event = line.event
    said = " · ".join(filter(None, (line.meaning, line.more)))
    return Entry(event.at, tone, icon, f"{line.place}: {event.value or word}", said)


def _fact(fact: Fact) -> Entry:
    is_own = fact.actor_kind == doers.STATION
    by = "" if is_own else f" by {fact.actor_label}"
    icon = _FACT_ICONS.get(fact.subject_kind, "refresh-cw" if is_own else "pencil")
    return Entry(fact.at, "plugged", icon, f"{kinds.title_of(fact.kind)}{by}", fact.reason)


def _notice(notice: StationNotice) -> Entry:
    icon = _NOTICE_ICONS.get(notice.kind, "shield")
    return Entry(notice.at, "plugged", icon, notice.title, notice.detail)
