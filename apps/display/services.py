"""Writes: a message gets its number, is answered, reported, replaced, and goes."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from apps.commands import answers
from apps.commands import services as commands
from apps.commands.models import OPEN, CommandRow, State
from apps.commands.questions import ask_later
from apps.commands.selectors import find_numbered, list_by_hand
from apps.commands.services import Whom
from apps.display import assembly, life
from apps.display.assembly import Assumed
from apps.display.life import Life
from apps.display.models import DisplayMessage
from apps.display.selectors import supported_by
from apps.domain.command import BadParameters, Command
from apps.domain.commands import parse
from apps.domain.display import (
    MAX_NUMBER,
    ClearDisplayMessage,
    Displayed,
    DisplayReported,
    GetDisplayMessages,
    SetDisplayMessage,
    display_name,
)
from apps.domain.events import CommandAnswered
from apps.domain.identifiers import key_of
from apps.live.announce import announce
from apps.stations.models import Station

UNKNOWN = "Unknown"


def complete(station: Station, command: Command, *, now: datetime) -> Command:
    """With a number of ours where none is given. Raises BadParameters with each problem.

    Call it in the transaction that queues the command: the station is locked until then.
    """
    if not isinstance(command, SetDisplayMessage):
        return command
    if problems := list(life.problems_of(command, supported_by(station), now)):
        raise BadParameters(problems)
    return command if command.message_id else replace(command, message_id=_next_number(station))


def take_clear(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """The message is gone, or has never been there."""
    if event.status == "accepted" or event.detail == UNKNOWN:
        known = _accepted(row.station_id).filter(number=row.parameters["message_id"])
        _go(known, "The station did not know it" if event.detail == UNKNOWN else "Cleared", now)
    _told(row.organisation_id, row.station_id)


def take_nothing(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """What it shows comes in a report, unless it shows nothing of the kind."""
    if event.status == "accepted" and event.detail == UNKNOWN:
        _drop_unseen(row, None, now)
        answers.confirm(row, observed="It shows no such message", now=now)
    _told(row.organisation_id, row.station_id)


def take_report(
    organisation_id: int, station_id: int, event: DisplayReported, now: datetime
) -> None:
    """What a station says that it shows, in any part of any report (O03.FR.06, O04.FR.07)."""
    for message in event.messages:
        _believe(station_id, message, event.request_id, now)
    asked = _asked(station_id, event.request_id)
    if asked is not None and event.is_last:
        _drop_unseen(asked, event.request_id, now)
        seen = _accepted(station_id).filter(report_id=event.request_id).count()
        words = "1 message came" if seen == 1 else f"{seen} messages came"
        answers.confirm(asked, observed=words, now=now)
    _told(organisation_id, station_id)


def end_transactions(ended: Collection[tuple[int, str, int | None]], now: datetime) -> None:
    """A message of a session goes with it (O02.FR.02). ``ended``: station, transaction, EVSE."""
    over = {(station_id, key_of(transaction_id)) for station_id, transaction_id, _ in ended}
    if not over:
        return
    bound = (
        DisplayMessage.objects.filter(
            state=Life.ACCEPTED, station_id__in={station_id for station_id, _ in over}
        )
        .exclude(transaction_id="")
        .values_list("pk", "station_id", "transaction_id")
    )
    dead = [pk for pk, station_id, name in bound if (station_id, key_of(name)) in over]
    if dead:
        _go(DisplayMessage.objects.filter(pk__in=dead), "Its session ended", now)


def read_again(booted: Mapping[int, Whom], now: datetime) -> None:
    """What a station is thought to show may not have outlived its boot: it is asked.

    Not what was sent word for word: nothing follows such a call unasked.
    """
    by_hand = list_by_hand(booted).values("pk")
    shown = DisplayMessage.objects.filter(state=Life.ACCEPTED, station_id__in=booted)
    shown = shown.exclude(command_id__in=by_hand)
    for station_id in sorted(set(shown.values_list("station_id", flat=True))):
        read(booted[station_id], now)


def read(whom: Whom, now: datetime) -> None:
    """Have the station asked for all that it shows."""
    ask_later(
        whom,
        GetDisplayMessages(),
        now=now,
        actor="onboarding",
        reason="It has booted, or told what its display can do",
    )


def take_set(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """It shows the message from now on, or refuses to."""
    order = parse(row.name, row.parameters)
    assert isinstance(order, SetDisplayMessage)
    if event.status == "accepted":
        _go(_accepted(row.station_id).filter(number=order.message_id), "Replaced", now)
        _create(row, order, now, state=Life.ACCEPTED)
        if row.verbatim is None:
            _read_back(row, order.message_id, now)
    elif event.status in (State.REJECTED, State.ERROR):
        _create(row, order, now, state=Life.REJECTED, detail=event.detail[:200])
    _told(row.organisation_id, row.station_id)


def _create(row: CommandRow, order: SetDisplayMessage, now: datetime, **more: Any) -> None:
    DisplayMessage.objects.create(
        station_id=row.station_id,
        number=order.message_id,
        priority=order.priority,
        station_state=order.state,
        starts_at=_instant(order.starts_at),
        ends_at=_instant(order.ends_at),
        transaction_id=order.transaction_id,
        format=order.format,
        language=order.language,
        content=order.content,
        display=display_name(order.display)[:130],
        actor=row.actor,
        command_id=row.pk,
        created_at=now,
        changed_at=now,
        **more,
    )


def _read_back(row: CommandRow, number: int, now: datetime) -> None:
    """What the station now shows under the number confirms the command, or does not."""
    commands.queue(
        organisation_id=row.organisation_id,
        station_id=row.station_id,
        identity=row.identity,
        command=GetDisplayMessages((number,)),
        now=now,
        actor="read-back",
        reason=f"Confirms command {row.pk}",
    )


def _believe(station_id: int, message: Displayed, report_id: int, now: datetime) -> None:
    told = _columns(message) | {"report_id": report_id}
    shown = _accepted(station_id).filter(number=message.number)
    if shown.update(**told):
        return
    before = DisplayMessage.objects.filter(station_id=station_id, number=message.number)
    is_ours = before.filter(is_ours=True, content=told["content"]).exists()
    DisplayMessage.objects.create(
        station_id=station_id, number=message.number, is_ours=is_ours, created_at=now,
        changed_at=now, **told,
    )  # fmt: skip


def _columns(message: Displayed) -> dict[str, Any]:
    return {
        "priority": message.priority,
        "station_state": message.state,
        "starts_at": message.starts_at,
        "ends_at": message.ends_at,
        "transaction_id": _storable(message.transaction_id),
        "format": message.format,
        "language": _storable(message.language),
        "content": _storable(message.content),
        "display": _storable(message.display)[:130],
    }


def _drop_unseen(asked: CommandRow, report_id: int | None, now: datetime) -> None:
    question = parse(asked.name, asked.parameters)
    assert isinstance(question, GetDisplayMessages)
    shown = _accepted(asked.station_id)
    assumed = [
        Assumed(one.pk, one.number, one.priority, one.station_state, one.report_id)
        for one in shown
        if one.created_at <= (asked.sent_at or now)
    ]
    gone = assembly.unseen(question, assumed, report_id)
    _go(shown.filter(pk__in=gone), "The station no longer reports it", now)


def _asked(station_id: int, request_id: int) -> CommandRow | None:
    """Our question behind a report; None where somebody else asked."""
    asked = find_numbered(station_id, request_id, GetDisplayMessages.declared.name)
    return asked if asked is not None and asked.sent_at is not None else None


def _next_number(station: Station) -> int:
    """Above all that this station has ever had; the lowest free one where those are used up."""
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    waiting = CommandRow.objects.filter(
        station_id=station.pk, name=SetDisplayMessage.declared.name, state__in=OPEN
    )
    used = {row.parameters.get("message_id", 0) for row in waiting}
    known = DisplayMessage.objects.filter(station=station)
    highest = max(known.aggregate(most=Max("number"))["most"] or 0, *used, 0)
    if highest < MAX_NUMBER:
        return highest + 1
    used |= set(_accepted(station.pk).values_list("number", flat=True))
    return next(number for number in range(1, MAX_NUMBER) if number not in used)


def _accepted(station_id: int) -> QuerySet[DisplayMessage]:
    return DisplayMessage.objects.filter(station_id=station_id, state=Life.ACCEPTED)


def _go(messages: QuerySet[DisplayMessage], why: str, now: datetime) -> None:
    messages.update(state=Life.GONE, detail=why, changed_at=now)


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _storable(text: str) -> str:
    return text.replace("\x00", "\ufffd")


def _told(organisation_id: int, station_id: int) -> None:
    announce(organisation_id, f"station:{station_id}")


ANSWERED: Mapping[type[Command], Callable[..., None]] = {
    ClearDisplayMessage: take_clear,
    GetDisplayMessages: take_nothing,
    SetDisplayMessage: take_set,
}
