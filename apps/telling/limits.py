"""The limits that a session was under, and by whom. Pure.

What we set and what the station says of others, each by itself: what they add up to is said by
``power.composite``, of which this asks one profile at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from apps.domain.identifiers import same
from apps.domain.profiles import ChargingProfile
from apps.power.composite import Held, Question, Running, composite
from apps.telling.orders import Order, order_of, profile_of
from apps.telling.refs import Kind, Ref, command_ref

if TYPE_CHECKING:
    from apps.commands.models import CommandRow
    from apps.power.models import ExternalLimit, HeldProfile
    from apps.sessions.models import Session

AGREED = ("accepted", "confirmed")
_LONGEST_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Step:
    """``amount`` in the unit of its limit; None where nothing limits."""

    began_at: datetime
    ended_at: datetime
    amount: float | None


@dataclass(frozen=True, slots=True)
class Limit:
    """``by``: the person, program or system that set it. ``unit``: W of all phases, A of each.

    ``place``: (EVSE, purpose, stack level), of which the later replaces the earlier.
    """

    unit: str
    steps: tuple[Step, ...]
    by: str
    place: tuple[int, str, int]
    began_at: datetime
    ended_at: datetime
    ref: Ref

    @property
    def amounts(self) -> tuple[float, ...]:
        """The different amounts, the least first."""
        return tuple(sorted({step.amount for step in self.steps if step.amount is not None}))


def set_limits(
    session: "Session", rows: "Iterable[CommandRow]", until: datetime
) -> tuple[Limit, ...]:
    """Of the commands of its station, oldest first, those that limited it."""
    found: list[Limit] = []
    for row in rows:
        if row.state not in AGREED or row.answered_at is None:
            continue
        if order_of(row) is Order.UNLIMIT:
            found = [_cut(limit, row.answered_at) for limit in found]
        profile = profile_of(row)
        if profile is None:
            continue
        given = (row.parameters.get("evse_id") or 0, profile)
        one = _limit(session, *given, (row.answered_at, until), row.actor, command_ref(row))
        if one is not None:
            found = [_cut(x, row.answered_at) if x.place == one.place else x for x in found]
            found.append(one)
    return tuple(found)


def lying_limits(
    session: "Session", lying: "Iterable[tuple[HeldProfile, ChargingProfile, str]]", until: datetime
) -> tuple[Limit, ...]:
    """Of profiles that lay in its station before it began, each with who set it."""
    found = []
    for row, profile, by in lying:
        ref = Ref(Kind.LIMIT, row.pk, row.known_at)
        span = (max(row.known_at, session.started_at), until)
        found.append(_limit(session, row.evse_id, profile, span, by, ref))
    return tuple(limit for limit in found if limit is not None)


def imposed_limits(
    session: "Session", rows: "Iterable[tuple[ExternalLimit, ChargingProfile]]", until: datetime
) -> tuple[Limit, ...]:
    """What the station told of limits by others, each with one of its schedules."""
    found = []
    for row, profile in rows:
        ref = Ref(Kind.LIMIT, row.pk, row.at)
        span = (max(row.at, session.started_at), until)
        found.append(_limit(session, row.evse_id, profile, span, row.source, ref))
    return tuple(limit for limit in found if limit is not None)


def _limit(
    session: "Session",
    evse_id: int,
    profile: ChargingProfile,
    span: tuple[datetime, datetime],
    by: str,
    ref: Ref,
) -> Limit | None:
    """None where it says nothing about this session."""
    since, until = max(span[0], session.started_at), span[1]
    named = profile.transaction_id
    is_of_other = named != "" and not same(named, session.transaction_id)
    if until <= since or evse_id not in (0, session.evse_id) or is_of_other:
        return None
    unit = profile.schedules[0].unit
    steps = _steps(session, Held(evse_id, profile), unit, since, until)
    if all(step.amount is None for step in steps):
        return None
    place = (evse_id, profile.purpose, profile.stack_level)
    return Limit(unit, steps, by, place, since, until, ref)


def _steps(
    session: "Session", held: Held, unit: str, since: datetime, until: datetime
) -> tuple[Step, ...]:
    evse_id = session.evse_id or 1
    length_s = min(int((until - since).total_seconds()) + 1, _LONGEST_S)
    running = {evse_id: Running(session.transaction_id, session.started_at)}
    asked = Question(evse_id, since, length_s, unit, running=running, evses=(evse_id,))
    pieces = composite([held], asked)
    edges = [since + timedelta(seconds=piece.start_s) for piece in pieces] + [until]
    return tuple(
        Step(began_at, ended_at, piece.limit)
        for piece, (began_at, ended_at) in zip(pieces, pairwise(edges), strict=True)
    )


def _cut(limit: Limit, at: datetime) -> Limit:
    """It may not be in force any more."""
    steps = tuple(
        replace(step, ended_at=min(step.ended_at, at)) for step in limit.steps if step.began_at < at
    )
    return replace(limit, steps=steps, ended_at=min(limit.ended_at, at))
