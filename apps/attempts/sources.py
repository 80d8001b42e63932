"""Where failed attempts show: among presented tokens, sessions and commands.

Each source looks through a stated number of rows, newest first, and says how far it came.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.functions import Upper

from apps.accounts.models import Actor
from apps.attempts.attempt import Attempt, Found, Outcome, Wanted
from apps.attempts.runs import ACCEPTED, EMPTY, PATIENCE, Run, find_runs, tried_in, was_refused
from apps.commands.models import CommandRow
from apps.commands.selectors import FAILED
from apps.domain.commands import StartSession
from apps.journal.secrecy import shown
from apps.reconciliation import kinds
from apps.reconciliation.models import Case
from apps.sessions import words
from apps.sessions.models import Session
from apps.stations.models import Station
from apps.tokens import models as tokens
from apps.tokens.keys import has_number
from apps.tokens.spelling import same, spellings
from ocpp_platform.scope import scoped

LOOKED_AT = 1_000
_UNSAID = frozenset({"", "Local", "Other"})  # reasons that say nothing of why


def presented(actor: Actor, wanted: Wanted, now: datetime) -> Found:
    """Cards that were refused, and such as were accepted and began nothing."""
    rows = _narrowed(scoped(tokens.Attempt, actor), wanted, "at")
    if wanted.token:
        rows = rows.filter(has_number("uid", wanted.token))
    looked = list(rows.order_by("-at", "-id")[:LOOKED_AT])
    runs = find_runs(looked)
    found = [
        attempt for row in looked if (attempt := _of_card(row, runs.get(row.station_id, []), now))
    ]
    return Found(found, _until(looked, "at"))


def without_energy(actor: Actor, wanted: Wanted) -> Found:
    """Sessions that ended and in which nothing flowed, but for those whose card was refused; of
    those that never had a card all that is known is that a cable was plugged in.
    """
    rows = _narrowed(scoped(Session, actor), wanted, "started_at").filter(EMPTY, ~was_refused())
    if wanted.token:
        rows = rows.annotate(upper=Upper("token_uid")).filter(upper__in=spellings(wanted.token))
    looked = list(rows.order_by("-started_at", "-id")[:LOOKED_AT])
    return Found([_empty(session) for session in looked], _until(looked, "started_at"))


def plugged(actor: Actor, wanted: Wanted) -> Found:
    """Cables that were plugged in where nothing began; of a card nothing is known."""
    if wanted.token:
        return Found([])
    rows = _narrowed(scoped(Case, actor), wanted, "since_at").filter(kind=kinds.PLUGGED)
    looked = list(rows.order_by("-since_at", "-id")[:LOOKED_AT])
    return Found([_stood(case) for case in looked], _until(looked, "since_at"))


def by_command(actor: Actor, wanted: Wanted) -> Found:
    """Remote starts that came to nothing."""
    rows = _narrowed(scoped(CommandRow, actor), wanted, "created_at").filter(
        name=StartSession.declared.name, state__in=FAILED
    )
    looked = list(rows.order_by("-created_at", "-id")[:LOOKED_AT])
    asked = [_not_begun(row) for row in looked if _is_for(wanted.token, row)]
    return Found(asked, _until(looked, "created_at"))


def count_refused(actor: Actor, since: datetime) -> int:
    """Cards that were refused since then."""
    held = scoped(tokens.Attempt, actor).filter(at__gte=since)
    return held.exclude(verdict=ACCEPTED).count()


def count_failed(actor: Actor, since: datetime) -> int:
    """Remote starts of since then that came to nothing."""
    asked = scoped(CommandRow, actor).filter(
        name=StartSession.declared.name, created_at__gte=since, state__in=FAILED
    )
    return asked.count()


def _narrowed(rows: QuerySet[Any], wanted: Wanted, at: str) -> QuerySet[Any]:
    if wanted.after is not None:
        rows = rows.filter(**{f"{at}__gte": wanted.after})
    if wanted.before is not None:
        rows = rows.filter(**{f"{at}__lt": wanted.before})
    if wanted.station or wanted.location:
        stations = Station.objects.all()
        if wanted.station:
            stations = stations.filter(identity=wanted.station)
        if wanted.location:
            stations = stations.filter(location__name=wanted.location)
        rows = rows.filter(station_id__in=stations.values("pk"))
    return rows


def _until(looked: Sequence[Model], at: str) -> datetime | None:
    return getattr(looked[-1], at) if len(looked) == LOOKED_AT else None


def _of_card(row: tokens.Attempt, runs: Sequence[Run], now: datetime) -> Attempt | None:
    """What came of a card that was held; None where it led on, or still may."""
    if row.verdict != ACCEPTED:
        return _refused(row, tried_in(row, runs))
    may_lead_on = row.at >= now - PATIENCE or any(run.was_led_to_by(row) for run in runs)
    return None if may_lead_on else _idle(row)


def _refused(row: tokens.Attempt, run: Run | None) -> Attempt:
    """``run``: the session in which it was shown."""
    return Attempt(
        row.at, f"card-{row.pk}", row.station_id, Outcome.REFUSED,
        f"The card was refused: {row.verdict}", row.shown_uid,
        run.evse_id if run else None, run.session_id if run else None,
    )  # fmt: skip


def _idle(row: tokens.Attempt) -> Attempt:
    return Attempt(
        row.at, f"card-{row.pk}", row.station_id, Outcome.NOT_STARTED,
        "The card was accepted, and no session began within 5 minutes", row.shown_uid,
    )  # fmt: skip


def _stood(case: Case) -> Attempt:
    waited_min = int((case.opened_at - case.since_at).total_seconds() // 60)
    return Attempt(
        case.since_at, f"plug-{case.pk}", case.station_id, Outcome.NOT_STARTED,
        f"Plugged in, and no session began for {waited_min} minutes", "", case.evse_id,
    )  # fmt: skip


def _empty(session: Session) -> Attempt:
    if session.has_start and not session.token_uid:
        return Attempt(
            session.started_at, f"session-{session.pk}", session.station_id, Outcome.NOT_STARTED,
            "Plugged in, and no card was told for it", "", session.evse_id, session.pk,
        )  # fmt: skip
    why = "" if session.stop_reason in _UNSAID else words.stop_reason(session.stop_reason)
    what = (
        f"Only {session.energy_wh:.0f} Wh flowed" if session.energy_wh >= 1 else "No energy flowed"
    )
    return Attempt(
        session.started_at, f"session-{session.pk}", session.station_id, Outcome.NO_ENERGY,
        f"{what}. {why}" if why else what, session.shown_token,
        session.evse_id, session.pk,
    )  # fmt: skip


def _not_begun(row: CommandRow) -> Attempt:
    said = row.observed or row.detail or row.error_description
    state = row.get_state_display()
    return Attempt(
        row.created_at, f"command-{row.pk}", row.station_id, Outcome.REMOTE_FAILED,
        f"Start from here: {state.lower()}" + (f" ({said})" if said else ""),
        _token_of(row), row.parameters.get("evse_id"), row.session_id, row.pk,
    )  # fmt: skip


def _token_of(row: CommandRow) -> str:
    uid, kind = row.parameters.get("token"), row.parameters.get("token_type") or ""
    return shown(uid, kind) if isinstance(uid, str) else ""


def _is_for(token: str, row: CommandRow) -> bool:
    return not token or same(str(row.parameters.get("token") or ""), token)
