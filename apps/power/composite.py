"""What an EVSE, or the station, may draw at most: our own composite schedule. Pure.

At each instant the leading profile of each purpose counts: the highest stack level that has a
value. A TxProfile replaces the TxDefaultProfile; the least of it, of the station maximum and of
what others impose is the limit. Without a transaction the EVSE is taken as if one began with the
window (K08). Candidates are converted with their own phases; the least of the phases is shown.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil, floor

from apps.domain.identifiers import same
from apps.domain.profiles import (
    EXTERNAL,
    MAX,
    RECURRENCES,
    RECURRING,
    RELATIVE,
    TX,
    TX_DEFAULT,
    ChargingProfile,
    ChargingSchedule,
    Period,
)

_PHASES = 3


@dataclass(frozen=True, slots=True)
class Held:
    """A profile as it lies at an EVSE (0: the station)."""

    evse_id: int
    profile: ChargingProfile


@dataclass(frozen=True, slots=True)
class Running:
    """A transaction; ``offered_at``: since when it may draw energy (None: not yet)."""

    transaction_id: str
    offered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The window, the unit and the grid. ``running``: the transaction of each busy EVSE.

    ``evses``: those of the station, for EVSE 0. ``is_replacing``: of profiles with one purpose
    and level at one EVSE only the last counts (OCPP 1.6).
    """

    evse_id: int
    start_at: datetime
    duration_s: int
    unit: str = "W"
    voltage_v: float = 230.0
    running: Mapping[int, Running] = field(default_factory=dict)
    evses: Collection[int] = ()
    is_replacing: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """From ``start_s`` of the window on. ``limit`` None: nothing limits."""

    start_s: int
    limit: float | None
    phases: int | None = None


Limit = tuple[float, int]  # in the unit of the question, and the phases it is meant for


def composite(held: Iterable[Held], question: Question) -> list[Piece]:
    """The limits over the window, in order, without gaps, equal neighbours merged.

    ``held``: the later of two equals counts. Limits are rounded down to one decimal.
    """
    kept = _survivors(held) if question.is_replacing else list(held)
    pieces: list[Piece] = []
    for start_s in _breakpoints(kept, question):
        at = question.start_at + timedelta(seconds=start_s)
        found = _total(kept, question, at) if question.evse_id == 0 else None
        if question.evse_id:
            found = _at_evse(kept, question, question.evse_id, at)
        piece = _piece(start_s, found)
        if not pieces or (pieces[-1].limit, pieces[-1].phases) != (piece.limit, piece.phases):
            pieces.append(piece)
    return pieces


def amount(limit: float, unit: str, phases: int, question: Question) -> float:
    """``limit`` in the unit of the question: A is per phase, W the total (K01.FR.50, FR.51)."""
    if unit == question.unit:
        return limit
    watts_per_amp = question.voltage_v * phases
    return limit * watts_per_amp if question.unit == "W" else limit / watts_per_amp


def _survivors(held: Iterable[Held]) -> list[Held]:
    places = {
        (h.evse_id, h.profile.purpose, h.profile.stack_level, h.profile.transaction_id): h
        for h in held
    }
    return list(places.values())


def _piece(start_s: int, found: Limit | None) -> Piece:
    if found is None:
        return Piece(start_s, None)
    return Piece(start_s, floor(round(found[0] * 10, 6)) / 10, found[1])


def _total(held: list[Held], question: Question, at: datetime) -> Limit | None:
    """The station: no more than its maximum, and than its EVSEs together (K08)."""
    own = _station_limits(held, question, at)
    parts = [_at_evse(held, question, evse_id, at) for evse_id in question.evses]
    known = [part for part in parts if part is not None]
    if known and len(known) == len(parts):
        own.append((sum(part[0] for part in known), max(part[1] for part in known)))
    return _least(own)


def _at_evse(held: list[Held], question: Question, evse_id: int, at: datetime) -> Limit | None:
    candidates = _station_limits(held, question, at)
    candidates += _present(_leading(held, EXTERNAL, evse_id, question, at))
    limits = _of_session(held, question, evse_id, at)
    return _least(candidates + limits)


def _of_session(held: list[Held], question: Question, evse_id: int, at: datetime) -> list[Limit]:
    """The TxProfile while it has a value, else the default of the EVSE, else of the station."""
    running = question.running.get(evse_id)
    if running is not None:
        own = _present(_leading(held, TX, evse_id, question, at, running))
        if own:
            return own
    for place in (evse_id, 0):
        default = _present(_leading(held, TX_DEFAULT, place, question, at, running))
        if default:
            return default
    return []


def _station_limits(held: list[Held], question: Question, at: datetime) -> list[Limit]:
    return [
        limit
        for purpose in (MAX, EXTERNAL)
        for limit in _present(_leading(held, purpose, 0, question, at))
    ]


def _leading(
    held: list[Held],
    purpose: str,
    place: int,
    question: Question,
    at: datetime,
    running: Running | None = None,
) -> Limit | None:
    """What the highest level with a value says; of one level the least."""
    levels: dict[int, list[Limit]] = {}
    for one in held:
        profile = one.profile
        if profile.purpose != purpose or one.evse_id != place or not _is_for(profile, running):
            continue
        value = value_at(profile, at, _begin(question, running))
        if value is not None:
            phases = value[0].phases or _PHASES
            limit = amount(value[0].limit, value[1].unit, phases, question)
            levels.setdefault(profile.stack_level, []).append((limit, phases))
    return _least(levels[max(levels)]) if levels else None


def value_at(
    profile: ChargingProfile, at: datetime, began_at: datetime
) -> tuple[Period, ChargingSchedule] | None:
    """The period that applies at an instant; ``began_at`` is where a Relative one begins."""
    if profile.valid_from is not None and at < profile.valid_from:
        return None
    if profile.valid_to is not None and at >= profile.valid_to:
        return None
    schedule = profile.schedules[0]
    start_at = began_at if profile.kind == RELATIVE else schedule.start_at or began_at
    offset_s = (at - start_at).total_seconds()
    if offset_s < 0:
        return None
    if profile.kind == RECURRING:
        offset_s %= RECURRENCES.get(profile.recurrency, 86_400)
    if schedule.duration_s is not None and offset_s >= schedule.duration_s:
        return None
    due = [period for period in schedule.periods if period.start_s <= offset_s]
    return (due[-1], schedule) if due else None


def _is_for(profile: ChargingProfile, running: Running | None) -> bool:
    """A TxProfile without an id came with the start of whatever runs there."""
    if profile.purpose != TX or not profile.transaction_id:
        return True
    return running is not None and same(profile.transaction_id, running.transaction_id)


def _begin(question: Question, running: Running | None) -> datetime:
    """Of a session that runs: no later than the window, however wrong the station's clock."""
    offered_at = running.offered_at if running is not None else None
    return min(offered_at or question.start_at, question.start_at)


def _breakpoints(held: list[Held], question: Question) -> list[int]:
    """Every whole second of the window at which something may change, 0 among them."""
    begins = {question.start_at} | {
        _begin(question, running) for running in question.running.values()
    }
    instants = {
        instant
        for one in held
        for began_at in begins
        for instant in _changes(one.profile, began_at, question)
    }
    seconds = {ceil((at - question.start_at).total_seconds()) for at in instants}
    return sorted({0} | {s for s in seconds if 0 < s < question.duration_s})


def _changes(
    profile: ChargingProfile, began_at: datetime, question: Question
) -> Iterator[datetime]:
    yield from (at for at in (profile.valid_from, profile.valid_to) if at is not None)
    schedule = profile.schedules[0]
    start_at = began_at if profile.kind == RELATIVE else schedule.start_at or began_at
    steps = [period.start_s for period in schedule.periods]
    if schedule.duration_s is not None:
        steps.append(schedule.duration_s)
    for turn_at in _turns(profile, start_at, question):
        yield turn_at
        yield from (turn_at + timedelta(seconds=step) for step in steps)


def _turns(profile: ChargingProfile, start_at: datetime, question: Question) -> Iterator[datetime]:
    """When the schedule begins anew: once, or each day or week that touches the window."""
    if profile.kind != RECURRING:
        yield start_at
        return
    turn = timedelta(seconds=RECURRENCES.get(profile.recurrency, 86_400))
    first = max(0, (question.start_at - start_at) // turn)
    end_at = question.start_at + timedelta(seconds=question.duration_s)
    turn_at = start_at + first * turn
    while turn_at < end_at:
        yield turn_at
        turn_at += turn


def _present(limit: Limit | None) -> list[Limit]:
    return [] if limit is None else [limit]


def _least(limits: Collection[Limit]) -> Limit | None:
    if not limits:
        return None
    return min(limit for limit, _ in limits), min(phases for _, phases in limits)


def lowest_between(pieces: list[Piece], start_s: float, end_s: float) -> float | None:
    """The least limit that applies anywhere in the span; None where nothing limits."""
    ends = [*(later.start_s for _, later in pairwise(pieces)), None]
    touched = [
        piece.limit
        for piece, end in zip(pieces, ends, strict=True)
        if piece.start_s < end_s and (end is None or end > start_s) and piece.limit is not None
    ]
    return min(touched, default=None)
