"""Writes: what a station answered, did and reported of a command.

Each is a part of the transaction of its batch, and holds the row until that ends.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from apps.commands import outcomes, secrecy
from apps.commands.confirmation import is_awaited, is_effect, observe_reading, readable
from apps.commands.models import GIVEN_UP, OPEN, CommandRow, State
from apps.commands.progress import LATE, SCHEDULED_S, Progress
from apps.commands.questions import ask_later
from apps.commands.services import announce_change, queue
from apps.domain.commands import GetVariables, SetVariables
from apps.domain.confirmation import Awaited, ByWork
from apps.domain.events import CommandAnswered
from apps.domain.instants import parse_instant
from apps.domain.lessons import tried_in
from apps.domain.maintenance import GetLog
from apps.journal.masking import masked
from apps.uploads import services as uploads

_READ_BACK, _REPLACES = "read-back", "AcceptedCanceled"
_SCHEDULED, _AFTER_BOOT = "Scheduled", "RebootRequired"

_TELLING = (State.SENT, State.ACCEPTED, *GIVEN_UP)


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
    tried = tried_in(event.facts)
    row.tries = list(tried.tries) or None
    row.parameters = row.parameters if tried.given is None else tried.given
    if row.state == State.ACCEPTED and is_awaited(row.name, is_verbatim=row.verbatim is not None):
        row.confirm_by = _patient_until(row, now, event.detail)
    if row.state == State.CONFIRMED:
        row.confirmed_at = row.confirmed_at or now
    row.save(
        update_fields=[
            "state", "detail", "response", "error_code", "error_description", "answered_at",
            "transaction_id", "confirm_by", "confirmed_at", "tries",
            *(["parameters"] if tried.given is not None else []),
        ]
    )  # fmt: skip
    secrecy.forget(row)
    outcomes.note_told(row, now)
    _read_back(row, event, now)
    if event.detail == _REPLACES:
        _fail_replaced(row, now)
    announce_change(row)
    return row


def confirm(row: CommandRow, *, observed: str, now: datetime) -> bool:
    """The station showed the effect; before its answer that is only remembered.

    A later truth replaces an earlier verdict.
    """
    if not _hold(row) or row.confirmed_at is not None or row.state not in _TELLING:
        return False
    row.observed, row.confirmed_at = observed[:200], now
    if row.state != State.SENT:
        row.state = State.CONFIRMED
        outcomes.note_told(row, now)
    row.save(update_fields=["state", "observed", "confirmed_at"])
    announce_change(row)
    return True


def note_report(row: CommandRow, progress: Progress, *, now: datetime) -> None:
    """The station reports on the work; its last word confirms the command or fails it.

    A try that failed may be followed by another one: then the work goes on. What went well by an
    earlier word and failed by a later one has failed; nothing less takes a success back.
    """
    progress = _believed(row, progress)
    has_failed = progress.is_over and not progress.observed
    if not _hold(row):
        return
    is_taken_back = has_failed and row.state == State.CONFIRMED
    if row.state not in _TELLING and not is_taken_back:
        return
    told = _told(row, progress, now)
    before = row.state
    for name, value in told.items():
        setattr(row, name, value)
    row.save(update_fields=list(told))
    if row.state != before:
        outcomes.note_told(row, now)
    if progress.observed:
        confirm(row, observed=progress.observed, now=now)
    announce_change(row)


def _hold(row: CommandRow) -> bool:
    """Take its state as it is by now, held until the transaction ends; False where it is gone.

    The batch has read its commands before their answers, which may lie in the same batch.
    """
    rows = CommandRow.objects.select_for_update().filter(pk=row.pk)
    found = rows.values_list("state", "confirmed_at").first()
    if found is not None:
        row.state, row.confirmed_at = found
    return found is not None


def _told(row: CommandRow, progress: Progress, now: datetime) -> dict[str, Any]:
    """What a report makes of its command; one that failed has shown nothing any more."""
    told: dict[str, Any] = {
        "state": State.SENT if row.state == State.SENT else State.ACCEPTED,
        "progress": progress.word,
        "progress_at": now,
        "confirm_by": _patient_until(row, now),
    }
    if progress.is_over and not progress.observed:
        told |= {"state": State.FAILED, "confirmed_at": None, "observed": ""}
    return told


def _believed(row: CommandRow, told: Progress) -> Progress:
    """A file that was to come to us has been uploaded when we have it, and only then."""
    if row.kind is not GetLog or not told.is_over:
        return told
    is_wrong = uploads.is_awaited(row.pk) if told.observed else uploads.list_come([row.pk])
    return replace(told, observed="", is_over=False) if is_wrong else told


def _patient_until(row: CommandRow, now: datetime, word: str = "") -> datetime:
    """Patience begins with the work: what is for next week is not late today."""
    work = row.declared.confirmed_by
    begins = work.begins if isinstance(work, ByWork) else ()
    instants = [parse_instant(row.parameters.get(name)) for name in begins]
    starts_at = max([now, *(at for at in instants if at is not None)])
    return starts_at + timedelta(seconds=patience_s(row, word))


def patience_s(row: CommandRow, word: str = "") -> float:
    """How long an accepted command may take to show its effect, or the next sign of it.

    Scheduled: not before the session that runs there has ended. RebootRequired: not before the
    station boots, which somebody must order.
    """
    if word == _SCHEDULED or _AFTER_BOOT in word:
        return SCHEDULED_S
    sign = row.declared.confirmed_by
    own_s = sign.patience_s if isinstance(sign, Awaited) else None
    return settings.OCPP_CONFIRM_TIMEOUT_S if own_s is None else own_s


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
    if row.confirmed_at is not None:
        return State.CONFIRMED
    if is_effect(row.name, row.parameters, row.request or {}):
        return State.CONFIRMED
    return State.ACCEPTED


def _read_back(row: CommandRow, event: CommandAnswered, now: datetime) -> None:
    """Set values are read again; reading them confirms the setting.

    After a call that was given word for word nothing follows unasked.
    """
    if row.kind is SetVariables and row.state == State.ACCEPTED and row.verbatim is None:
        queue(
            organisation_id=row.organisation_id,
            station_id=row.station_id,
            identity=row.identity,
            command=_reading_of(row),
            now=now,
            actor=_READ_BACK,
            reason=f"Confirms command {row.pk}",
        )
    elif row.kind is GetVariables and event.status in (State.ACCEPTED, State.REJECTED):
        for setting in _settings_to_confirm(row, now):
            observed = observe_reading(setting.parameters["variables"], event)
            if observed:
                confirm(setting, observed=observed, now=now)


def read_after_boot(row: CommandRow, now: datetime) -> None:
    """What was to count once the station has booted is read again then."""
    if row.kind is SetVariables and _AFTER_BOOT in row.detail and row.verbatim is None:
        whom = (row.organisation_id, row.station_id, row.identity)
        reason = f"Confirms command {row.pk}, after the boot"
        ask_later(whom, _reading_of(row), now=now, actor=_READ_BACK, reason=reason)


def _reading_of(setting: CommandRow) -> GetVariables:
    return GetVariables(
        tuple(
            {key: item[key] for key in item if key != "attributeValue"}
            for item in readable(setting.parameters["variables"])
        )
    )


def _settings_to_confirm(reading: CommandRow, now: datetime) -> QuerySet[CommandRow]:
    """Those that wait for a reading, or have lately waited in vain."""
    is_late = Q(state=State.NOT_CONFIRMED, confirm_by__gt=now - LATE)
    return CommandRow.objects.filter(
        Q(state=State.ACCEPTED) | is_late,
        station_id=reading.station_id,
        name=SetVariables.declared.name,
    )
