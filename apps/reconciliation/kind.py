"""What a kind of case is: what it is about, how much it matters, what may be done. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """What a case is about."""

    SESSION = "session"
    CONNECTOR = "connector"
    STATION = "station"
    MESSAGE = "message"


class Severity(StrEnum):
    """How much it matters, most first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Resolution(StrEnum):
    """What somebody may do about a case."""

    ACCEPT = "accept"
    ASK = "ask"
    CLOSE = "close"
    CORRECT = "correct"
    DISCARD = "discard"
    DISMISS = "dismiss"
    ENERGY = "energy"
    JOIN = "join"
    METER = "meter"
    SET_ASIDE = "set_aside"
    SPLIT = "split"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Kind:
    """``title``: a line of it; ``meaning``, ``advice``: a sentence each, for people.

    ``resolutions``: what may be done, the proposal first. ``awaits``: of ``patience``: for so
    long time may settle it, and only then a person is asked; ``settles``: what the clock says
    when it settles it then instead. ``is_state``: it is over as soon as it is no longer so; the
    others are judged when their session changes. ``runbook``: of docs/runbooks.
    """

    name: str
    about: Subject
    title: str
    meaning: str
    advice: str
    resolutions: tuple[Resolution, ...]
    severity: Severity = Severity.MINOR
    awaits: str = ""
    settles: str = ""
    is_state: bool = False
    runbook: str = ""

    @property
    def proposal(self) -> Resolution:
        return self.resolutions[0]
