"""What the rules look at: the evidence of a session, and what follows from it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from apps.sessions.thinning import FLOWING_W
from apps.telling.evidence import Evidence, Reading
from apps.telling.faults import Fault, faults_of
from apps.telling.outages import Late, late_of
from apps.telling.refs import Ref, said_ref, status_ref
from apps.telling.stopping import Stop

if TYPE_CHECKING:
    from apps.sessions.models import Session

_TRANSFER = frozenset({"Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Faulted"})
DISBELIEVED = frozenset({"implausible_reading", "unread_reading"})


@dataclass(frozen=True, slots=True)
class Finding:
    """``tone``: ok | paused | faulted | charging. ``code``: its name for programs."""

    code: str
    tone: str
    text: str
    advice: str
    evidence: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which the car or the station said the same of the energy transfer."""

    state: str
    began_at: datetime
    ended_at: datetime
    ref: Ref
    is_last: bool = False

    @property
    def length(self) -> timedelta:
        return self.ended_at - self.began_at


@dataclass(frozen=True)
class Case:
    """``now`` is where what runs is counted to."""

    evidence: Evidence
    stop: Stop | None
    now: datetime

    @property
    def session(self) -> "Session":
        return self.evidence.session

    @property
    def is_over(self) -> bool:
        return self.session.ended_at is not None

    @property
    def duration(self) -> timedelta:
        until = self.session.ended_at or self.now
        return max(until - self.session.started_at, timedelta(0))

    @cached_property
    def flags(self) -> frozenset[str]:
        return frozenset(self.session.flags.split())

    @property
    def is_meter_believed(self) -> bool:
        """Whether something may be concluded from what its meter did not show."""
        return not self.flags & DISBELIEVED

    @cached_property
    def faults(self) -> list[Fault]:
        return faults_of(self.evidence)

    @cached_property
    def lates(self) -> tuple[Late, ...]:
        return late_of(self.evidence.said, self.evidence.outages)

    @property
    def is_out_of_touch(self) -> bool:
        """Whether there is no connection now, so that what is missing may yet come."""
        return any(outage.ended_at is None for outage in self.evidence.outages)

    @cached_property
    def flowing(self) -> list[Reading]:
        """The readings at which power flowed."""
        return [
            r for r in self.evidence.readings if r.power_w is not None and r.power_w > FLOWING_W
        ]

    @property
    def most_w(self) -> float | None:
        return max((r.power_w for r in self.flowing if r.power_w is not None), default=None)

    @cached_property
    def stretches(self) -> list[Stretch]:
        """What was said of the transfer, in order, while it went on."""
        bounds = self.evidence.bounds
        told: list[tuple[datetime, str, Ref]] = [
            (said.at, said.state, said_ref(said))
            for said in self.evidence.said
            if said.state and said.at is not None and bounds.is_during(said.at)
        ]
        told += [
            (change.at, change.status, status_ref(change))
            for change in self.evidence.changes
            if change.status in _TRANSFER and bounds.is_during(change.at)
        ]
        ordered = sorted(told, key=lambda one: one[0])
        news = [b for a, b in pairwise([None, *ordered]) if a is None or (b and a[1] != b[1])]
        begun = [one for one in news if one is not None]
        ends = [one[0] for one in begun[1:]] + [bounds.ended_at][: len(begun)]
        return [
            Stretch(state, at, end, ref, is_last=index == len(begun) - 1)
            for index, ((at, state, ref), end) in enumerate(zip(begun, ends, strict=True))
        ]

    def clock(self, at: datetime) -> str:
        return self.evidence.clock(at)

    @property
    def last(self) -> tuple[Ref, ...]:
        """The message of its end, or what stands for it."""
        return self.stop.evidence if self.stop else self.evidence.edges[-1:]
