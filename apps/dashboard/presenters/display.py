"""What a station shows to drivers: now, next, no more, and what it refused."""

from dataclasses import dataclass

from django.utils import timezone

from apps.accounts.models import Actor
from apps.commands import selectors as commands
from apps.commands.models import OPEN
from apps.dashboard.presenters.answers import explain
from apps.dashboard.presenters.commands import CommandLife, command_life
from apps.display import life, selectors
from apps.display.life import Life, Phase, Supported
from apps.display.models import DisplayMessage
from apps.domain.display import SetDisplayMessage
from apps.stations.models import Station

_PAST = 20
_PRIORITIES = {
    "AlwaysFront": "Always in front", "InFront": "In front", "NormalCycle": "In turn",
}  # fmt: skip
_STATES = {
    "Charging": "while it charges", "Faulted": "while it is faulted",
    "Idle": "while it is idle", "Unavailable": "while it is out of service",
}  # fmt: skip
_PHASES: dict[Phase, tuple[str, str, str]] = {
    Phase.NOW: ("ok", "eye", "Shown"),
    Phase.NEXT: ("plugged", "clock", "To come"),
    Phase.OVER: ("offline", "hourglass", "Over"),
}
_REFUSED = ("faulted", "ban", "Refused")
_GONE = ("offline", "circle-x", "Gone")


@dataclass(frozen=True, slots=True)
class MessageLine:
    message: DisplayMessage
    chip: tuple[str, str, str]
    priority: str
    when: str
    detail: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class DisplaySheet:
    """``version`` names the OCPP version where it knows no display messages, else ""."""

    station: Station
    version: str
    able: Supported
    lines: list[MessageLine]
    past: list[MessageLine]
    waiting: list[CommandLife]
    key: str

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({f"station:{self.key}"})


def display_sheet(actor: Actor, station: Station) -> DisplaySheet:
    """Accepted messages as the display would order them; the latest that are gone."""
    found = selectors.list_messages(actor, station)
    lines = [_line(message) for message in found.filter(state=Life.ACCEPTED)]
    lines.sort(key=_order)
    is_known = station.traits.can(SetDisplayMessage)
    orders = commands.list_named(actor, station.pk, (SetDisplayMessage.declared.name,))
    return DisplaySheet(
        station=station,
        version="" if is_known else station.traits.label,
        able=selectors.supported_by(station),
        lines=lines,
        past=[_line(message) for message in found.exclude(state=Life.ACCEPTED)[:_PAST]],
        waiting=[command_life(row) for row in orders.filter(state__in=OPEN, answered_at=None)],
        key=str(station.pk),
    )


def _line(message: DisplayMessage) -> MessageLine:
    state = Life(message.state)
    phase = life.phase(message.starts_at, message.ends_at, timezone.now())
    chips = {Life.REJECTED: _REFUSED, Life.GONE: _GONE}
    return MessageLine(
        message=message,
        chip=chips.get(state, _PHASES[phase]),
        priority=_PRIORITIES.get(message.priority, message.priority),
        when=_STATES.get(message.station_state, "whatever it does"),
        detail=explain(message.detail),
        is_shown=state is Life.ACCEPTED,
    )


def _order(line: MessageLine) -> tuple[int, int, int]:
    words = [word for _, _, word in _PHASES.values()]
    return words.index(line.chip[2]), life.rank(line.message.priority), line.message.number
