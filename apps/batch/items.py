"""What enters by the door, and what leaves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from apps.batch.refs import StationRef
from apps.domain.answers import Answer
from apps.domain.clocks import Judged
from apps.domain.events import Event
from apps.domain.form import Excuse
from apps.protocol import Traits, traits_of


@dataclass(frozen=True, slots=True)
class Reply:
    """A frame for the station, and its parts for the journal."""

    frame: str
    payload: str
    result: str = "ok"
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the journal keeps of a received or sent frame (see ``journal.models.Message``)."""

    direction: str
    action: str
    message_id: str
    payload: str
    result: str = "ok"
    error_code: str = ""
    notes: str = ""
    answer: str = ""
    latency_ms: float | None = None
    command_id: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The answer to a frame that we sent at ``at``, for its row in the journal."""

    message_id: str
    at: datetime
    result: str
    answer: str = ""
    error_code: str = ""
    latency_ms: float | None = None


@dataclass(slots=True)
class Item:
    """One thing to commit: an event, a frame to keep, or both.

    ``write`` turns the answer into a frame in the station's version; None: no answer is due.
    ``is_followed``: the event may be the effect of a command; ``followed``: the names of those
    that waited for one, where they were looked at.
    ``excuses``: what was odd about the form of its message; ``clock``: its station's clock,
    where that is news; ``offset_s``: by how much that is ahead of ours, if it was told live.
    ``set_right_s``: by how much its instants have been set back, where it was told later by a clock
    that is known to be wrong.
    ``may_be_read``: a new station of this make bears to be asked for all of its settings.
    """

    ref: StationRef
    protocol: str
    connection_id: str
    received_at: datetime
    event: Event | None = None
    frame: Frame | None = None
    settled: Settled | None = None
    write: Callable[[Answer], Reply] | None = None
    session_id: int | None = None
    is_followed: bool = True
    followed: frozenset[str] | None = None
    may_be_read: bool = True
    excuses: tuple[Excuse, ...] = ()
    clock: Judged | None = None
    offset_s: float | None = None
    set_right_s: float | None = None

    def note(self, words: str) -> None:
        """Keep with the frame how it was understood; "" is nothing to say."""
        if words and self.frame is not None and words not in self.frame.notes:
            told = "; ".join(filter(None, (self.frame.notes, words)))
            self.frame = replace(self.frame, notes=told)

    @property
    def traits(self) -> Traits:
        """How stations of this version behave."""
        return traits_of(self.protocol)
