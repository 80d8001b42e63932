"""What shows that a command took effect. Pure.

"Accepted" is a promise; only what the station does afterwards confirms it:

ByAnswer     to accept it is the effect
ByEvent      a message that stations send anyway: a boot, a status, a session
ByWork       reports of work that takes its time, under the number of the command
ByReport     a report in parts; who puts it together confirms the command
ByReading    what was set is read again
Unconfirmed  nobody can say what would show it
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.domain.events import Event

HOUR_S = 3600.0
LASTING_S = 7 * 24 * HOUR_S  # what stays so once it is so
A_WHILE_S = 900.0  # what is slow: a reboot, a driver on the way to the plug
NOT_LATE_S = 0.0  # what comes by itself, sooner or later

Json = dict[str, Any]
Places = Mapping[tuple[int, int], str]  # EVSE and connector: a ConnectorStatus


@dataclass(frozen=True, slots=True)
class Followed:
    """A command that waits for its sign. ``parameters``: as the outbox keeps them.

    ``number``: under which the station reports on it. ``session_id``: the session that it is
    about, where that is known; ``told_of_id``: the one that the sign was taken for. ``places``:
    what each connector of the station shows now. ``as_kept``: what the outbox makes of a text,
    secrets masked, so that what a station shows can be held against it.
    """

    parameters: Json
    transaction_id: str = ""
    number: int = 0
    session_id: int | None = None
    told_of_id: int | None = None
    places: Places = field(default_factory=dict)
    as_kept: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The root of all. ``kinds``: events that may say something of such a command."""

    @property
    def kinds(self) -> tuple[type[Event], ...]:
        return ()


@dataclass(frozen=True, slots=True)
class ByAnswer(Confirmation):
    """To accept it is the effect."""


@dataclass(frozen=True, slots=True)
class Unconfirmed(Confirmation):
    """Nobody can say what would show it, so nobody waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited(Confirmation):
    """Something of the station must show the effect of what it accepted.

    ``awaits`` in words: "the station to boot". ``patience_s``: from one sign to the next; None is
    as long as the installation says. ``late_s``: how long after it was given up a sign is still
    its effect, and no chance. ``is_answer_enough``: whether the answer is all that comes, by
    parameters and request.
    """

    awaits: str
    patience_s: float | None
    late_s: float
    is_answer_enough: Callable[[Json, Json], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class ByEvent(Awaited):
    """``signs`` may show it; ``shows``: what one shows in words, "" where that is nothing."""

    signs: tuple[type[Event], ...]
    shows: Callable[[Followed, Any], str]

    @property
    def kinds(self) -> tuple[type[Event], ...]:
        return self.signs


@dataclass(frozen=True, slots=True, kw_only=True)
class ByWork(Awaited):
    """``reports`` tell how far it is; ``done``: the last word of work that went well, in ours.

    ``begins``: the parameters that say when, in RFC 3339; nobody waits for it before. ``proofs``:
    what shows that it went well, in its own words, where no report has said so.
    """

    reports: type[Event]
    done: Mapping[str, str]
    begins: tuple[str, ...]
    proofs: tuple[type[Event], ...]

    @property
    def kinds(self) -> tuple[type[Event], ...]:
        return (self.reports, *self.proofs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByReport(Awaited):
    """The parts of a report that belong to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByReading(Awaited):
    """What was set is read again, unless it was given word for word."""


def never(_parameters: Json, _request: Json) -> bool:
    """The answer is only a promise."""
    return False
