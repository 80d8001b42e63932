"""A command and the steps of its life."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.commands.models import FINAL, CommandRow, State
from apps.dashboard.presenters.answers import WHY
from apps.domain.confirmation import Awaited
from apps.domain.transfers import TransferData
from apps.domain.ways import words_of

_TONES = {
    State.CONFIRMED: ("ok", "circle-check"),
    State.ACCEPTED: ("charging", "check"),
    State.QUEUED: ("plugged", "clock"),
    State.SENT: ("plugged", "send"),
    State.REJECTED: ("faulted", "ban"),
    State.FAILED: ("faulted", "circle-x"),
    State.ERROR: ("faulted", "circle-x"),
    State.TIMED_OUT: ("paused", "hourglass"),
    State.NOT_CONFIRMED: ("paused", "triangle-alert"),
    State.EXPIRED: ("offline", "circle-slash"),
    State.SUPERSEDED: ("offline", "circle-slash"),
}
_NEXT_STEPS = {
    State.REJECTED: "The station refused. Its state may not allow it now; look at its connectors.",
    State.FAILED: "The station began, and reported that it did not succeed. Its messages say more.",
    State.ERROR: "The station could not handle it. The messages show what it answered.",
    State.TIMED_OUT: "The station did not reply. Is it still online? Ask it for a heartbeat.",
    State.NOT_CONFIRMED: "The station promised, but showed no effect. Try again, or reset it.",
    State.EXPIRED: "The station was not online in time, so it was never sent.",
    State.SUPERSEDED: "A newer command for the same purpose took its place before it was sent.",
}


# Members that one version of OCPP has for a call, and the other has not.
_OF_ANOTHER_VERSION = ("csChargingProfiles",)
_OTHER_SCHEMA = (
    "The station misses {}, which this version of OCPP does not have there: it holds the call"
    " against the form of another one. Set it to OCPP 1.6J."
)


@dataclass(frozen=True, slots=True)
class Milestone:
    """``state``: done | now | failed | waiting."""

    label: str
    state: str
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CommandLife:
    command: CommandRow
    tone: str
    icon: str
    word: str
    steps: list[Milestone]
    advice: str
    is_final: bool
    key: str
    tries: list[str] = field(default_factory=list)

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({f"command:{self.key}"})

    @property
    def title(self) -> str:
        return title_of(self.command)


def command_life(row: CommandRow) -> CommandLife:
    state = State(row.state)
    tone, icon = _TONES[state]
    return CommandLife(
        command=row,
        tone=tone,
        icon=icon,
        word=state.label,
        steps=_steps(row, state),
        advice=_advice(row, state),
        is_final=state in FINAL or (state is State.ACCEPTED and row.confirm_by is None),
        key=str(row.pk),
        tries=[_try(one) for one in row.tries or ()],
    )


def _try(one: dict[str, Any]) -> str:
    """ "With limits in watts: Accepted"."""
    how = ", ".join(words_of(way) for way in one["ways"])
    return f"{f'With {how}' if how else 'As it was given'}: {one['answer']}"


def _advice(row: CommandRow, state: State) -> str:
    """What the station said in words, where we know them; else what to try."""
    is_no = state is State.REJECTED
    known = WHY.get(row.detail) if is_no else ""
    return known or _misread(row) or _NEXT_STEPS.get(state, "")


def _misread(row: CommandRow) -> str:
    """A station may hold a call against the schema of another version, as its error shows."""
    named = [member for member in _OF_ANOTHER_VERSION if member in row.error_description]
    is_other = named and not any(member in (row.request or {}) for member in named)
    return _OTHER_SCHEMA.format(named[0]) if is_other else ""


def title_of(row: CommandRow) -> str:
    """ "Stop session", "Reset (immediate)", "GetLog" for a raw call."""
    return row.declared.title(row.parameters)


def _steps(row: CommandRow, state: State) -> list[Milestone]:
    return [
        _queued(row, state),
        _sent(row, state),
        _answered(row, state),
        _confirmed(row, state),
    ]


def _queued(row: CommandRow, state: State) -> Milestone:
    if state is not State.QUEUED:
        return Milestone("Queued", "done", row.created_at)
    waits = f"Not before {row.due_at:%H:%M:%S} UTC" if row.due_at else ""
    return Milestone("Queued", "now", row.created_at, waits)


def _sent(row: CommandRow, state: State) -> Milestone:
    if state is State.EXPIRED:
        return Milestone("Never sent", "failed", row.expires_at)
    if state is State.SUPERSEDED:
        return Milestone("Never sent", "failed", note=f"Command {row.superseded_by} took its place")
    if row.sent_at is None:
        return Milestone("Sent", "waiting")
    return Milestone("Sent", "now" if state is State.SENT else "done", row.sent_at)


def _answered(row: CommandRow, state: State) -> Milestone:
    failed = {
        State.REJECTED: "Rejected",
        State.ERROR: "Error",
        State.TIMED_OUT: "No reply",
    }
    if state in failed:
        note = row.detail or row.error_code
        return Milestone(failed[state], "failed", row.answered_at, note)
    if row.answered_at is None:
        return Milestone("Accepted", "waiting")
    if row.kind is TransferData and row.detail:
        return Milestone("Accepted", "done", row.answered_at, row.detail)
    took_ms = (row.answered_at - row.sent_at).total_seconds() * 1000 if row.sent_at else None
    note = f"{took_ms:.0f} ms" if took_ms is not None else row.detail
    return Milestone("Accepted", "done", row.answered_at, note)


def _confirmed(row: CommandRow, state: State) -> Milestone:
    if state is State.CONFIRMED:
        return Milestone("Confirmed", "done", row.confirmed_at, row.observed)
    if state is State.FAILED:
        return Milestone("Failed", "failed", row.progress_at, row.progress)
    if state is State.NOT_CONFIRMED:
        return Milestone("Not confirmed", "failed", row.confirm_by, "No effect was seen")
    if state is State.ACCEPTED and row.confirm_by is not None:
        return Milestone("Confirmed", "now", row.progress_at, row.progress or _awaited(row))
    return Milestone("Confirmed", "waiting")


def _awaited(row: CommandRow) -> str:
    sign = row.declared.confirmed_by
    return f"Waiting for {sign.awaits if isinstance(sign, Awaited) else 'the effect'}"
