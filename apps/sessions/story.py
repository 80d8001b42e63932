"""What happened in a session, told in plain words from what was recorded. Pure.

Rows come in as they were stored; a moment names the messages that it was read from. The
instants must already be in the zone in which they shall be read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from apps.commands.models import CommandRow, State
from apps.journal.models import LinkEvent, Message
from apps.journal.reading import members_of
from apps.sessions import words
from apps.sessions.models import Session
from apps.stations import availability, faults
from apps.stations.models import StatusChange
from apps.tokens.models import Attempt

SAME = timedelta(seconds=20)
_CHARGING_STATES = {
    "EVConnected": ("Car connected", "plugged", "plug"),
    "Charging": ("Charging began", "charging", "zap"),
    "SuspendedEV": ("The car paused", "paused", "pause"),
    "SuspendedEVSE": ("The station paused", "paused", "pause"),
    "Idle": ("Cable unplugged", "offline", "unplug"),
}
_STATUS_STATES = {
    "Preparing": "EVConnected",
    "Occupied": "EVConnected",
    "Charging": "Charging",
    "SuspendedEV": "SuspendedEV",
    "SuspendedEVSE": "SuspendedEVSE",
    "Available": "Idle",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """``key`` tells what it is about, so that two reports of one thing are told once."""

    at: datetime
    tone: str
    icon: str
    text: str
    detail: str = ""
    key: str = ""
    message_id: int | None = None
    command_id: int | None = None


def tell(
    session: Session,
    *,
    messages: Iterable[Message] = (),
    changes: Iterable[StatusChange] = (),
    commands: Iterable[CommandRow] = (),
    links: Iterable[LinkEvent] = (),
    attempts: Iterable[Attempt] = (),
) -> list[Moment]:
    """The moments of the session, oldest first, each told once."""
    moments = [_start(session)]
    moments += [_presented(attempt) for attempt in attempts]
    moments += [m for change in changes if (m := _status(change)) is not None]
    moments += _from_messages(messages)
    moments += [_command(row) for row in commands]
    moments += [m for link in links if (m := _link(link)) is not None]
    if session.ended_at is not None:
        moments.append(_end(session, session.ended_at))
    return list(_told_once(sorted(moments, key=lambda m: m.at)))


def _start(session: Session) -> Moment:
    meter = session.meter_start_wh
    where = f"EVSE {session.evse_id}" if session.evse_id else "the station"
    return Moment(
        session.started_at,
        "charging",
        "play",
        f"Session began at {where}",
        f"Meter {_kwh(meter)}" if meter is not None else "",
        key="start",
    )


def _end(session: Session, at: datetime) -> Moment:
    meter = session.meter_stop_wh
    reading = f" · meter {_kwh(meter)}" if meter is not None else ""
    why = words.stop_reason(session.stop_reason)
    said = "Closed from the last reading" if session.is_estimated else "Session ended"
    return Moment(
        at,
        "paused" if session.is_estimated else "ok",
        "flag",
        f"{said}: {why}" if why else said,
        f"{_kwh(session.energy_wh)}{reading}",
        key="end",
    )


def _presented(attempt: Attempt) -> Moment:
    accepted = attempt.verdict == "Accepted"
    return Moment(
        attempt.at,
        "ok" if accepted else "faulted",
        "badge-check" if accepted else "ban",
        f"Card {attempt.shown_uid} {'accepted' if accepted else f'refused: {attempt.verdict}'}",
        key=f"card:{attempt.shown_uid}:{attempt.verdict}",
    )


def _status(change: StatusChange) -> Moment | None:
    shown = availability.operation(change.status, "")
    if shown is availability.FAULTED:
        meaning = faults.words(change.error_code)
        return Moment(
            change.at, "faulted", "triangle-alert",
            f"Fault: {meaning}" if meaning else "Fault", change.info, key="state:faulted",
        )  # fmt: skip
    state = _STATUS_STATES.get(change.status)
    if state is None:
        return Moment(
            change.at, shown.tone, shown.icon, f"Connector: {shown.word}", key=f"state:{shown.key}"
        )
    word, tone, icon = _CHARGING_STATES[state]
    return Moment(change.at, tone, icon, word, key=f"state:{state}")


def _from_messages(messages: Iterable[Message]) -> Iterator[Moment]:
    offline: list[Message] = []
    for message in messages:
        body = members_of(message.payload)
        if body.get("offline"):
            offline.append(message)
        moment = _transaction_moment(message, body)
        if moment is not None:
            yield moment
        if message.result in ("error", "malformed"):
            yield _trouble(message)
    if offline:
        yield Moment(
            offline[-1].at, "paused", "history",
            f"{len(offline)} message{'s' if len(offline) > 1 else ''} arrived late",
            "The charger was offline when they were made.", message_id=offline[0].pk,
        )  # fmt: skip


def _transaction_moment(message: Message, body: dict[str, Any]) -> Moment | None:
    if message.action == "StartTransaction":
        return Moment(message.at, "", "", "", key="start", message_id=message.pk)
    if message.action == "StopTransaction":
        return Moment(message.at, "", "", "", key="end", message_id=message.pk)
    if message.action != "TransactionEvent":
        return None
    info = body.get("transactionInfo")
    state = info.get("chargingState") if isinstance(info, dict) else None
    if not isinstance(state, str) or state not in _CHARGING_STATES:
        kind = {"Started": "start", "Ended": "end"}.get(str(body.get("eventType")))
        return Moment(message.at, "", "", "", key=kind, message_id=message.pk) if kind else None
    word, tone, icon = _CHARGING_STATES[state]
    reason = str(body.get("triggerReason") or "").replace("ChargingStateChanged", "")
    at = _instant(body.get("timestamp")) or message.at
    return Moment(at, tone, icon, word, reason, key=f"state:{state}", message_id=message.pk)


def _trouble(message: Message) -> Moment:
    return Moment(
        message.at, "faulted", "circle-x",
        f"{message.action or 'A message'} could not be handled", message.error_code,
        message_id=message.pk,
    )  # fmt: skip


def _command(row: CommandRow) -> Moment:
    by = f" by {row.actor}" if row.actor else ""
    tone = {State.CONFIRMED: "ok", State.ACCEPTED: "charging", State.QUEUED: "charging"}
    outcome = State(row.state).label
    took = ""
    if row.sent_at and row.answered_at:
        took = f" in {(row.answered_at - row.sent_at).total_seconds():.1f} s"
    return Moment(
        row.created_at, tone.get(State(row.state), "paused"), "send",
        f"{row.declared.noun} asked{by}: {outcome.lower()}{took}",
        row.observed or row.reason or row.detail,
        command_id=row.pk,
    )  # fmt: skip


def _link(link: LinkEvent) -> Moment | None:
    if link.kind == "connected":
        return Moment(link.at, "ok", "wifi", "Charger connected", key=f"link:{link.pk}")
    if link.kind in ("disconnected", "silent"):
        return Moment(
            link.at, "offline", "wifi-off", "Connection to the charger lost", link.reason,
            key=f"link:{link.pk}",
        )  # fmt: skip
    return None


def _told_once(moments: Sequence[Moment]) -> Iterator[Moment]:
    """Merge reports of one thing; a moment without words only lends its message."""
    told: list[Moment] = []
    for moment in moments:
        index = _same(told, moment)
        if index is None:
            told.append(moment)
        else:
            known = told[index]
            told[index] = replace(
                known,
                text=known.text or moment.text,
                tone=known.tone or moment.tone,
                icon=known.icon or moment.icon,
                detail=known.detail or moment.detail,
                message_id=known.message_id or moment.message_id,
            )
    return (moment for moment in told if moment.text)


def _same(told: list[Moment], moment: Moment) -> int | None:
    if not moment.key:
        return None
    about = moment.key.split(":")[0]
    for index in range(len(told) - 1, -1, -1):
        known = told[index]
        if known.key == moment.key:
            near = moment.at - known.at <= SAME
            return index if near or about in ("start", "end", "state", "card") else None
        if known.key.split(":")[0] == about == "state":
            return None
    return None


def _kwh(energy_wh: float) -> str:
    return f"{energy_wh / 1000:,.3f} kWh".replace(",", "\u202f")


def _instant(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
