"""A command and the steps of its life."""

from dataclasses import dataclass
from datetime import datetime

from apps.commands.models import FINAL, CommandRow, State
from apps.dashboard.presenters.answers import WHY

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
}
_NEXT_STEPS = {
    State.REJECTED: "The station refused. Its state may not allow it now; look at its connectors.",
    State.FAILED: "The station began, and reported that it did not succeed. Its messages say more.",
    State.ERROR: "The station could not handle it. The messages show what it answered.",
    State.TIMED_OUT: "The station did not reply. Is it still online? Ask it for a heartbeat.",
    State.NOT_CONFIRMED: "The station promised, but showed no effect. Try again, or reset it.",
    State.EXPIRED: "The station was not online in time, so it was never sent.",
}
_AWAITED = {
    "start_session": "the session to begin",
    "stop_session": "the session to end",
    "reset": "the station to boot",
    "update_firmware": "the station to report",
    "get_log": "the station to upload",
    "publish_firmware": "the controller to report",
    "change_availability": "the new status",
    "trigger_message": "the message",
    "reserve_now": "the EVSE to show Reserved",
    "set_variables": "the value to be read back",
    "set_display_message": "the message to be read back",
    "get_display_messages": "the report",
    "read_device_model": "the report",
    "get_report": "the report",
    "get_monitoring_report": "the report",
    "customer_information": "what the station tells",
}


@dataclass(frozen=True, slots=True)
class Step:
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
    steps: list[Step]
    advice: str
    is_final: bool
    key: str

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
    )


def _advice(row: CommandRow, state: State) -> str:
    """What the station said in words, where we know them; else what to try."""
    is_no = state is State.REJECTED
    return (WHY.get(row.detail) if is_no else "") or _NEXT_STEPS.get(state, "")


def title_of(row: CommandRow) -> str:
    """ "Stop session", "Reset (immediate)", "GetLog" for a raw call."""
    given = row.parameters
    if row.name == "raw_call":
        return str(given.get("action", "Raw call"))
    if row.name == "trigger_message":
        return f"Ask for {given.get('message', 'a message')}"
    if row.name == "data_transfer":
        return f"Transfer {given.get('vendor_id', '')} {given.get('message_id', '')}".strip()
    if row.name == "change_availability":
        return "Put in service" if given.get("operative") else "Take out of service"
    detail = str(given.get("mode", "")).replace("_", " ")
    name = row.name.replace("_", " ").capitalize()
    return f"{name} ({detail})" if detail else name


def _steps(row: CommandRow, state: State) -> list[Step]:
    return [
        Step("Queued", "now" if state is State.QUEUED else "done", row.created_at),
        _sent(row, state),
        _answered(row, state),
        _confirmed(row, state),
    ]


def _sent(row: CommandRow, state: State) -> Step:
    if state is State.EXPIRED:
        return Step("Never sent", "failed", row.expires_at)
    if row.sent_at is None:
        return Step("Sent", "waiting")
    return Step("Sent", "now" if state is State.SENT else "done", row.sent_at)


def _answered(row: CommandRow, state: State) -> Step:
    failed = {
        State.REJECTED: "Rejected",
        State.ERROR: "Error",
        State.TIMED_OUT: "No reply",
    }
    if state in failed:
        note = row.detail or row.error_code
        return Step(failed[state], "failed", row.answered_at, note)
    if row.answered_at is None:
        return Step("Accepted", "waiting")
    if row.name == "data_transfer" and row.detail:
        return Step("Accepted", "done", row.answered_at, row.detail)
    took_ms = (row.answered_at - row.sent_at).total_seconds() * 1000 if row.sent_at else None
    note = f"{took_ms:.0f} ms" if took_ms is not None else row.detail
    return Step("Accepted", "done", row.answered_at, note)


def _confirmed(row: CommandRow, state: State) -> Step:
    if state is State.CONFIRMED:
        return Step("Confirmed", "done", row.confirmed_at, row.observed)
    if state is State.FAILED:
        return Step("Failed", "failed", row.progress_at, row.progress)
    if state is State.NOT_CONFIRMED:
        return Step("Not confirmed", "failed", row.confirm_by, "No effect was seen")
    if state is State.ACCEPTED and row.confirm_by is not None:
        awaited = f"Waiting for {_AWAITED.get(row.name, 'the effect')}"
        return Step("Confirmed", "now", row.progress_at, row.progress or awaited)
    return Step("Confirmed", "waiting")
