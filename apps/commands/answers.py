"""Writes: what a station answered, did and reported of a command.

Every step is a conditional UPDATE whose row count says whether it was ours to take.
"""

from datetime import datetime, timedelta

from django.conf import settings

from apps.commands.confirmation import (
    NEVER_CONFIRMED,
    is_effect,
    observe_reading,
    readable,
)
from apps.commands.models import OPEN, CommandRow, State
from apps.commands.progress import PATIENCE_S, Progress
from apps.commands.services import announce_change, queue
from apps.domain.commands import GetVariables
from apps.domain.events import CommandAnswered
from apps.journal.masking import masked

_READ_BACK, _REPLACES = "read-back", "AcceptedCanceled"


def answer(event: CommandAnswered, *, now: datetime) -> CommandRow | None:
    """Apply the station's reply; the row as it is now, None when it was settled already.

    A true answer replaces a time-out that was only presumed.
    """
    states = OPEN if event.status == State.TIMED_OUT else (*OPEN, State.TIMED_OUT)
    rows = CommandRow.objects.select_for_update()
    row = rows.filter(pk=event.command_id, state__in=states).first()
    if row is None:
        return None
    row.state = _state_after(row, event)
    row.detail, row.response = masked(event.detail)[:255], masked(event.response)
    if row.verbatim is not None and event.literal:
        row.verbatim["status"] = event.literal
    row.error_code = event.error_code[:64]
    row.error_description = masked(event.error_description)[:255]
    row.answered_at = now if event.status != "timed_out" else None
    row.transaction_id = event.transaction_id or row.transaction_id
    if row.state == State.ACCEPTED and _is_awaited(row):
        row.confirm_by = now + timedelta(seconds=_patience_s(row.name))
    if row.state == State.CONFIRMED:
        row.confirmed_at = row.confirmed_at or now
    row.save(
        update_fields=[
            "state", "detail", "response", "error_code", "error_description", "answered_at",
            "transaction_id", "confirm_by", "confirmed_at",
        ]
    )  # fmt: skip
    _forget_secrets(row)
    _read_back(row, event, now)
    if event.detail == _REPLACES:
        _fail_replaced(row, now)
    announce_change(row)
    return row


def _forget_secrets(row: CommandRow) -> None:
    """Kept no longer than they are needed to send; ``row`` has them for those who apply it now."""
    kept = {"parameters": masked(row.parameters), "verbatim": masked(row.verbatim)}
    CommandRow.objects.filter(pk=row.pk).update(**kept)


def confirm(row: CommandRow, *, observed: str, now: datetime) -> bool:
    """The station showed the effect; before its answer that is only remembered."""
    unseen = CommandRow.objects.filter(pk=row.pk, confirmed_at=None)
    facts = {"confirmed_at": now, "observed": observed[:200]}
    if unseen.filter(state=State.ACCEPTED).update(state=State.CONFIRMED, **facts):
        row.state = State.CONFIRMED
    elif not unseen.filter(state=State.SENT).update(**facts):
        return False
    row.confirmed_at = now
    announce_change(row)
    return True


def note_report(row: CommandRow, progress: Progress, *, now: datetime) -> None:
    """The station reports on the work; its last word confirms the command or fails it."""
    if row.state not in (State.SENT, State.ACCEPTED):
        return
    if progress.is_over and not progress.observed:
        row.state = State.FAILED
    row.progress, row.progress_at = progress.word, now
    row.confirm_by = now + timedelta(seconds=_patience_s(row.name))
    under_way = CommandRow.objects.filter(pk=row.pk, state__in=(State.SENT, State.ACCEPTED))
    facts = {"progress": row.progress, "progress_at": now, "confirm_by": row.confirm_by}
    if not under_way.update(state=row.state, **facts):
        return
    if progress.observed:
        confirm(row, observed=progress.observed, now=now)
    announce_change(row)


def _patience_s(name: str) -> float:
    """How long an accepted command may take to show its effect, or the next sign of it."""
    return PATIENCE_S.get(name, settings.OCPP_CONFIRM_TIMEOUT_S)


def _fail_replaced(row: CommandRow, now: datetime) -> None:
    """AcceptedCanceled: what was under way has been given up for this one (F-04, F-06)."""
    under_way = CommandRow.objects.filter(
        station_id=row.station_id, name=row.name, state=State.ACCEPTED
    )
    for older in under_way.exclude(pk=row.pk):
        note_report(older, Progress("AcceptedCanceled", is_over=True), now=now)


def _state_after(row: CommandRow, event: CommandAnswered) -> State:
    if event.status != "accepted":
        return State(event.status)
    if is_effect(row.name, row.parameters) or row.confirmed_at is not None:
        return State.CONFIRMED
    if row.name == "set_variables" and not readable(row.parameters["variables"]):
        return State.CONFIRMED
    return State.ACCEPTED


def _is_awaited(row: CommandRow) -> bool:
    """Whether a sign of the station must show the effect of what it accepted."""
    is_read_back = row.name == "set_variables" and row.verbatim is not None
    return row.name not in NEVER_CONFIRMED and not is_read_back


def _read_back(row: CommandRow, event: CommandAnswered, now: datetime) -> None:
    """Set values are read again; reading them confirms the setting.

    After a call that was given word for word nothing follows unasked.
    """
    if row.name == "set_variables" and row.state == State.ACCEPTED and row.verbatim is None:
        names = tuple(
            {key: item[key] for key in item if key != "attributeValue"}
            for item in readable(row.parameters["variables"])
        )
        queue(
            organisation_id=row.organisation_id,
            station_id=row.station_id,
            identity=row.identity,
            command=GetVariables(names),
            now=now,
            actor=_READ_BACK,
            reason=f"Confirms command {row.pk}",
        )
    elif row.name == "get_variables" and event.status in (State.ACCEPTED, State.REJECTED):
        asked = row.parameters["variables"] if row.actor == _READ_BACK else ()
        waiting = CommandRow.objects.filter(
            station_id=row.station_id, name="set_variables", state=State.ACCEPTED
        )
        for setting in waiting:
            observed = observe_reading(setting.parameters["variables"], event, asked)
            if observed:
                confirm(setting, observed=observed, now=now)
