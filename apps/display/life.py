"""The life of a message on a display, and when it is to be seen. Pure.

    (a command) --Accepted--> accepted --cleared, replaced, unreported, its session over--> gone
                --any refusal--> rejected          ... --reported--> accepted

A station's word stands above ours: what it reports it shows, whatever we thought.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from apps.domain.display import PRIORITIES, SetDisplayMessage


class Life(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    GONE = "gone"


class Phase(StrEnum):
    """Where its own times put an accepted message."""

    NOW = "now"
    NEXT = "next"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Supported:
    """What a station says that its display can do (DisplayMessageCtrlr); empty: it did not say."""

    formats: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


def phase(starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> Phase:
    """O02.FR.06, FR.08: not before its start, never after its end."""
    if ends_at is not None and ends_at <= now:
        return Phase.OVER
    return Phase.NEXT if starts_at is not None and starts_at > now else Phase.NOW


def rank(priority: str) -> int:
    """0 is always in front."""
    return PRIORITIES.index(priority) if priority in PRIORITIES else len(PRIORITIES)


def problems_of(order: SetDisplayMessage, able: Supported, now: datetime) -> Iterator[str]:
    """What is wrong with an order for a station that is ``able`` to so much."""
    offered = (
        ("format", order.format, able.formats),
        ("priority", order.priority, able.priorities),
        ("state", order.state, able.states),
    )
    for name, given, known in offered:
        if given and known and given not in known:
            yield f"this station's display knows no {name} {given!r}; it has {', '.join(known)}"
    if order.ends_at and datetime.fromisoformat(order.ends_at) <= now:
        yield "'ends_at' lies in the past: nobody would ever see the message"
