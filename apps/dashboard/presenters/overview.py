"""The overview: what needs a person, the tiles, the bar of all connectors."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from apps.accounts.log_ins import list_attacked
from apps.accounts.models import Actor, FailedLogIn
from apps.accounts.roles import Permission
from apps.attempts import selectors as attempts
from apps.dashboard.presenters.incidents import IncidentRow, incident_rows
from apps.incidents import selectors as incidents
from apps.onboarding.selectors import count_needing
from apps.reconciliation.selectors import COUNTED_AT_MOST, count_open
from apps.sessions import selectors as sessions
from apps.sessions.models import Session
from apps.sessions.selectors import Totals
from apps.stations import availability, selectors

_SHOWN = 12
_ATTACKED_SHOWN = 5
_ORDER = (
    "charging", "paused-car", "paused-station", "plugged", "finishing", "reserved",
    "out-of-service", "faulted", "offline", "unknown", "available",
)  # fmt: skip
_BAR_UNITS = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """One state's share of the bar; ``x`` and ``width`` in thousandths."""

    key: str
    word: str
    tone: str
    icon: str
    count: int
    url: str
    x: float = 0.0
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Bar:
    parts: list[Part]
    total: int
    topics: frozenset[str] = frozenset({"stations", "sessions"})
    key: str = "all"


@dataclass(frozen=True, slots=True)
class Tiles:
    stations: dict[str, int]
    running: dict[str, float]
    charging: int
    connectors: int
    started_well: int
    started: int
    today: Totals
    needing: int
    topics: frozenset[str] = frozenset({"stations", "sessions", "power", "incidents"})
    key: str = "all"

    @property
    def online_pct(self) -> float | None:
        total = self.stations["total"]
        return 100 * self.stations["online"] / total if total else None

    @property
    def success_pct(self) -> float | None:
        return 100 * self.started_well / self.started if self.started else None


@dataclass(frozen=True, slots=True)
class Attention:
    rows: list[IncidentRow]
    more: int
    stations: dict[str, int]
    waiting: int
    attacked: list[FailedLogIn]
    topics: frozenset[str] = frozenset({"incidents", "stations", "people"})
    key: str = "all"


@dataclass(frozen=True, slots=True)
class Charging:
    """The strongest of the running sessions."""

    sessions: list[Session]
    topics: frozenset[str]
    key: str = "all"


@dataclass(frozen=True, slots=True)
class Count:
    """A number in the navigation. ``has_more``: it was not counted any further."""

    value: int
    word: str
    topics: frozenset[str]
    key: str
    has_more: bool = False


class Numbers:
    """What several parts of a page count, each asked for once. For one page, not for longer.

    ``connectors``: by the state that each shows, the same wherever connectors are counted.
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    @cached_property
    def stations(self) -> dict[str, int]:
        return selectors.count_connections(self.actor)

    @cached_property
    def connectors(self) -> Counter[str]:
        return selectors.count_states(self.actor)

    @cached_property
    def running(self) -> dict[str, float]:
        return sessions.count_running(self.actor, now=timezone.now())

    @cached_property
    def incidents(self) -> int:
        return incidents.count_needing(self.actor, now=timezone.now())

    @cached_property
    def cases(self) -> int:
        return count_open(self.actor)

    @cached_property
    def waiting(self) -> int:
        return count_needing(self.actor)


def bar(numbers: Numbers) -> Bar:
    counts = numbers.connectors
    total = sum(counts.values())
    parts: list[Part] = []
    x = 0.0
    for key in _ORDER:
        shown = availability.BY_KEY[key]
        width = _BAR_UNITS * counts[key] / total if total else 0.0
        url = f"{reverse('dashboard:stations')}?{urlencode({'state': key})}"
        parts.append(
            Part(
                key,
                shown.word,
                shown.tone,
                shown.icon,
                counts[key],
                url,
                round(x, 2),
                round(width, 2),
            )
        )
        x += width
    return Bar(parts, total)


def tiles(numbers: Numbers) -> Tiles:
    actor, now = numbers.actor, timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    started_well, started = sessions.count_starts(actor, now - timedelta(days=1))
    return Tiles(
        stations=numbers.stations,
        running=numbers.running,
        charging=numbers.connectors[availability.CHARGING.key],
        connectors=numbers.connectors.total(),
        started_well=started_well,
        started=started + attempts.count_since(actor, now - timedelta(days=1)),
        today=sessions.sum_since(actor, midnight),
        needing=numbers.incidents,
    )


def attention(numbers: Numbers) -> Attention:
    actor, now = numbers.actor, timezone.now()
    found = incidents.list_needing(actor, now=now)[:_SHOWN]
    more = numbers.incidents - len(found)
    waiting = numbers.waiting if actor.may(Permission.EDIT_NETWORK) else 0
    attacked = _attacked(actor) if actor.may(Permission.ADMINISTER) else []
    rows = incident_rows(found)
    return Attention(rows, max(more, 0), numbers.stations, waiting, attacked)


def _attacked(actor: Actor) -> list[FailedLogIn]:
    return list(list_attacked(actor, timezone.now())[:_ATTACKED_SHOWN])


def charging(actor: Actor) -> Charging:
    strongest = sessions.list_strongest(actor, _SHOWN, now=timezone.now())
    watched = {"sessions", "stations", *(f"session:{session.pk}" for session in strongest)}
    return Charging(strongest, frozenset(watched))


def nav_count(numbers: Numbers, key: str) -> Count | None:
    """None for a key that there is not, or that the actor may not count."""
    if key not in ("sessions", "cases") and not numbers.actor.may(Permission.SEE_STATIONS):
        return None
    match key:
        case "stations":
            return Count(numbers.stations["total"], "", frozenset({"stations"}), key)
        case "sessions":
            running = int(numbers.running["running"])
            return Count(running, "live", frozenset({"sessions"}), key)
        case "onboarding":
            return Count(numbers.waiting, "", frozenset({"stations"}), key)
        case "cases":
            shown = min(numbers.cases, COUNTED_AT_MOST)
            return Count(shown, "", frozenset({"cases"}), key, numbers.cases > shown)
        case "attention" | "incidents":
            return Count(numbers.incidents, "", frozenset({"incidents"}), key)
    return None
