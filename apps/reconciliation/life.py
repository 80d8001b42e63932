"""The life of a case, and what is found that makes one. Pure.

(none) --found--> waiting --its time is over--> open --a person decides--> closed
          \\________________________________________^
waiting, open --it is no longer so--> closed;  waiting --a safe rule--> closed
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from apps.reconciliation.kind import Kind
from apps.reconciliation.kinds import kind_of


class State(StrEnum):
    """``waiting``: time may settle it; ``open``: a person is asked."""

    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How it was closed: its cause went, a safe rule, or a person."""

    GONE = "gone"
    SETTLED = "settled"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Moment:
    """``now``, and how long watchdogs wait: of ``patience``, as configured."""

    now: datetime
    waits_s: Mapping[str, float]

    def ago(self, name: str) -> datetime:
        """What has lasted since then has lasted as long as ``name`` allows."""
        return self.now - timedelta(seconds=self.waits_s[name])


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that a case rests on. ``link``: session | message | parked | command, and ``key``
    its number; "" where the words say all. ``count``: how many it stands for.
    """

    text: str
    at: datetime | None = None
    link: str = ""
    key: int | None = None
    count: int = 1

    def as_json(self) -> dict[str, Any]:
        at = self.at.isoformat() if self.at else None
        told = {"text": self.text, "at": at, "link": self.link, "key": self.key}
        return told | ({"count": self.count} if self.count > 1 else {})


@dataclass(frozen=True, slots=True)
class Finding:
    """What is not as it should be. ``subject``: its name among those of its kind.

    ``tells``: what of it a person decides on: when that changes, his decision holds no longer.
    """

    kind: str
    subject: str
    organisation_id: int
    station_id: int
    since: datetime
    evidence: tuple[Evidence, ...] = ()
    session_id: int | None = None
    evse_id: int | None = None
    tells: str = field(default="", compare=False)

    @property
    def signature(self) -> str:
        return blake2b(self.tells.encode(), digest_size=8).hexdigest() if self.tells else ""


@dataclass(frozen=True, slots=True)
class Held:
    """A case that is current: what it is about is, as far as is known, still so."""

    id: int
    kind: str
    subject: str
    state: str
    signature: str
    evidence: list[dict[str, Any]]

    def is_told_as(self, finding: "Finding") -> bool:
        is_same = self.evidence == [one.as_json() for one in finding.evidence]
        return is_same and self.signature == finding.signature


@dataclass(frozen=True, slots=True)
class Changes:
    """``new``: cases to open; ``gone``: what is no longer so; ``renewed``: of which other is told
    while nobody has decided; ``again``: decided once, and other since.
    """

    new: list[Finding]
    gone: list[Held]
    renewed: list[tuple[Held, Finding]]
    again: list[Held]


def compare(held: Iterable[Held], found: Iterable[Finding]) -> Changes:
    """Hold what is found against the current cases of the same kinds and subjects."""
    cases = {(case.kind, case.subject): case for case in held}
    findings = {(finding.kind, finding.subject): finding for finding in found}
    changes = Changes([], [case for key, case in cases.items() if key not in findings], [], [])
    for key, finding in findings.items():
        case = cases.get(key)
        if case is None:
            changes.new.append(finding)
        elif case.state != State.CLOSED:
            if not case.is_told_as(finding):
                changes.renewed.append((case, finding))
        elif case.signature != finding.signature:
            changes.again.append(case)
            changes.new.append(finding)
    return changes


def begin(kind: Kind, moment: Moment) -> tuple[State, datetime | None]:
    """How a case begins, and until when it waits."""
    if kind.awaits:
        return State.WAITING, moment.now + timedelta(seconds=moment.waits_s[kind.awaits])
    return (State.CLOSED if kind.settles else State.OPEN), None


def is_safe(name: str) -> bool:
    """Whether the clock may settle a case of the kind when its time is over."""
    return bool(kind_of(name).settles)
