"""What became of commands, as facts; of what nobody asked for there is nothing to tell."""

from datetime import datetime

from apps.commands.models import FINAL, CommandRow, State
from apps.history import doers
from apps.history.doers import CLOCK, Doer
from apps.history.kinds import COMMAND_CONFIRMED, COMMAND_FAILED, COMMAND_SUPERSEDED
from apps.history.models import Fact
from apps.history.services import fact_of, record_many

_KINDS = dict.fromkeys(FINAL, COMMAND_FAILED) | {
    State.CONFIRMED: COMMAND_CONFIRMED,
    State.SUPERSEDED: COMMAND_SUPERSEDED,
}


def note_told(row: CommandRow, now: datetime) -> None:
    """Its station has settled it, or has taken back how it was settled."""
    _note([row], now, by=doers.station(row.station_id, row.identity))


def note_settled(rows: list[CommandRow], now: datetime, **columns: object) -> None:
    """The clock has settled them; ``columns``: what they say now."""
    for row in rows:
        for name, value in columns.items():
            setattr(row, name, value)
    _note(rows, now, by=CLOCK)


def _note(rows: list[CommandRow], now: datetime, *, by: Doer) -> None:
    settled = [row for row in rows if row.state in _KINDS and not row.is_unasked]
    if settled:
        record_many([_fact(row, now, by) for row in settled])


def _fact(row: CommandRow, now: datetime, by: Doer) -> Fact:
    return fact_of(
        _KINDS[State(row.state)],
        actor=by,
        organisation_id=row.organisation_id,
        subject=(row.pk, row.name),
        station_id=row.station_id,
        session_id=row.session_id,
        reason=_reason(row),
        details={"station": row.identity, "state": str(row.state), "given_by": row.actor},
        now=now,
    )


def _reason(row: CommandRow) -> str:
    if row.state == State.SUPERSEDED:
        return f"Command {row.superseded_by} took its place"
    return row.observed or row.detail
