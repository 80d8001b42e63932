"""Limits that were raised and are not taken up: some makes keep to the one a session began with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.accounts.models import Actor
from apps.commands.models import CommandRow
from apps.domain.profiles import ChargingProfile
from apps.power import selectors
from apps.power.composite import Question, amount, value_at
from apps.sessions.models import Sample, Session
from apps.sessions.selectors import list_running
from apps.stations.models import Station

LONG_ENOUGH = timedelta(minutes=5)  # a car may take its time
_RAISED, _LEAST, _MOST = 1.1, 0.85, 1.05
_PHASES = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """A session that draws what it might before. Amperes of its strongest phase."""

    session_id: int
    evse_id: int
    before_a: float
    allowed_a: float
    drawn_a: float
    raised_at: datetime


def is_kept(before_a: float, allowed_a: float, drawn_a: float) -> bool:
    """Whether what is drawn is the limit before, although more is allowed."""
    is_raised = allowed_a > before_a * _RAISED
    return is_raised and before_a * _LEAST <= drawn_a <= before_a * _MOST


def list_kept(actor: Actor, station: Station, now: datetime) -> list[Kept]:
    """Of the sessions that run at a station; a bounded number of questions."""
    running = {s.evse_id: s for s in list_running(actor, [station.pk]) if s.evse_id}
    given = selectors.list_given(actor, station.pk) if running else []
    found = [_kept(session, evse, given, now) for evse, session in running.items()]
    return [one for one in found if one is not None]


def _kept(
    session: Session, evse_id: int, given: Sequence[CommandRow], now: datetime
) -> Kept | None:
    """``given``: limits that were taken, the newest first."""
    here = [row for row in given if row.parameters["evse_id"] in (0, evse_id)]
    if len(here) < 2:
        return None
    newest, former = here[:2]
    raised_at = newest.answered_at or newest.created_at
    if now - raised_at < LONG_ENOUGH or raised_at < session.started_at:
        return None
    allowed_a, before_a = _amps(newest, now), _amps(former, raised_at)
    drawn_a = _drawn(session, raised_at + LONG_ENOUGH)
    if allowed_a is None or before_a is None or drawn_a is None:
        return None
    if not is_kept(before_a, allowed_a, drawn_a):
        return None
    return Kept(session.pk, evse_id, before_a, allowed_a, drawn_a, raised_at)


def _amps(row: CommandRow, at: datetime) -> float | None:
    """What its profile allows each phase at an instant, None for no limit."""
    profile: ChargingProfile = selectors.profile_of(row.parameters["profile"])
    found = value_at(profile, at, row.created_at)
    if found is None:
        return None
    period, schedule = found
    asked = Question(0, at, 1, "A")
    return amount(period.limit, schedule.unit, period.phases or _PHASES, asked)


def _drawn(session: Session, since: datetime) -> float | None:
    """The strongest phase of its newest reading since an instant."""
    rows = Sample.objects.filter(session_id=session.pk, at__gte=since).order_by("-at")
    last = rows.exclude(current_l1_a=None).first()
    if last is None:
        return None
    phases = (last.current_l1_a, last.current_l2_a, last.current_l3_a)
    return max(phase for phase in phases if phase is not None)
