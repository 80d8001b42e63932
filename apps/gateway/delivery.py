"""From the outbox to the wire: claim, encode, send, wait, and bring the answer in by the door.

One link is served by one task at a time, one call after the other. The row is the truth: a
command is claimed by a conditional UPDATE, and what is lost on the way times out there.
"""

import time
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings

from apps.batch.items import Frame, Item
from apps.commands import services as commands
from apps.commands.models import CommandRow, State
from apps.commands.selectors import is_due
from apps.domain import commands as words
from apps.domain.command import Command
from apps.domain.events import CommandAnswered, Event
from apps.domain.passwords import PasswordOffered, PasswordRefused, PasswordTaken
from apps.domain.vocabulary import LINK_LOST
from apps.gateway import credentials, manners, metrics, replies
from apps.gateway.holding import HELD, may_send
from apps.gateway.link import Link
from apps.gateway.pending import LinkLost, NeverSent, Response
from apps.gateway.pipeline import Door
from apps.gateway.sent import UNSENT, Sent, failed, judged, merged, settled
from apps.protocol import MessageLimits, Outcome, frames, traits_of
from apps.protocol.errors import NO_CALL, CannotEncode
from apps.protocol.frames import CallResult
from apps.stations import abilities
from ocpp_platform.cursors import pieces_of

Call = tuple[str, Any]  # action and payload
MOST_LOST_ANSWERS = 3  # then the socket is dead in one direction: closing it revives it


async def deliver(link: Link, door: Door) -> None:
    """Send what waits for this station until nothing does."""
    while not link.pending.is_lost:
        row = await _next(link)
        if row is None or not await _claim(row, link):
            return
        try:
            command = words.parse(row.name, row.parameters)
        except words.BadParameters as problem:  # kept by an older version, or by hand
            await _answer(row, link, door, failed(row, "; ".join(problem.problems)))
            continue
        try:
            await _carry_out(row, command, link, door)
        except NeverSent:
            await _give_up(link)
            await _give_back(row)
            return
        except LinkLost:
            await _answer(row, link, door, failed(row, LINK_LOST))
            return
        if link.lost_answers >= MOST_LOST_ANSWERS:
            await link.close(1001)
            return


async def _give_up(link: Link) -> None:
    """What takes no call takes no other: whoever is still there may come back."""
    link.pending.fail()
    with suppress(OSError, RuntimeError):
        await link.close(1001)


async def _carry_out(row: CommandRow, command: Command, link: Link, door: Door) -> None:
    course = await manners.course_of(row, command, link)
    if course.is_in_vain:
        await _answer(row, link, door, failed(row, manners.IN_VAIN))
        return
    try:
        calls = await _calls(row, course.first, link)
    except CannotEncode as error:
        await _answer(row, link, door, _unsaid(row, error))
        return
    link.follow()
    puts = [(course.first, await _exchange(row, course.first, calls, link, door))]
    if other := await manners.other_way(course, row, *puts[0]):
        with suppress(CannotEncode):
            calls = await _calls(row, other, link)
            await _go_on(row)
            puts.append((other, await _exchange(row, other, calls, link, door)))
    await _answer(row, link, door, course.told(puts))


def _unsaid(row: CommandRow, error: CannotEncode) -> CommandAnswered:
    said = str(error)
    return CommandAnswered(row.pk, "error", said, error_code="NotSupported", error_description=said)


async def _exchange(
    row: CommandRow, command: Command, calls: list[tuple[Command, Call]], link: Link, door: Door
) -> CommandAnswered:
    """The calls of one way to put it, one after the other, and the one answer that they make."""
    link.asked.note(call for _, call in calls)
    await _note(row, calls)
    if link.pending.is_lost:
        raise NeverSent
    done = []
    for index, (part, (action, payload)) in enumerate(calls):
        if index:
            await _go_on(row)
        try:
            sent = await _send(part, action, payload, row, link, door)
        except NeverSent as error:
            raise (LinkLost if index else NeverSent) from error
        done.append(sent)
        if sent.outcome is None or _is_in_vain(command, sent.outcome):
            break
    return merged(row, done)


async def _calls(row: CommandRow, command: Command, link: Link) -> list[tuple[Command, Call]]:
    """What carries the command: one call or several, or the very call that was given."""
    if row.verbatim is not None:
        calls = [(command, (row.verbatim["action"], row.verbatim["payload"]))]
    else:
        parts = link.codec.split(command, await _limits(row, link))
        calls = [(part, link.codec.encode(part, request_id=row.pk)) for part in parts]
    if not calls:
        raise CannotEncode(NO_CALL)
    try:
        replies.json_text([call for _, call in calls])
    except TypeError as error:  # numbers that JSON cannot carry
        raise CannotEncode(str(error)) from error
    return calls


async def _send(
    command: Command, action: str, payload: Any, row: CommandRow, link: Link, door: Door
) -> Sent:
    await link.rest()
    call = Sent(action, str(uuid.uuid4()), datetime.now(UTC))
    frame = Frame(
        "out", action, call.message_id, replies.masked_text(payload), "waiting", command_id=row.pk
    )
    item = _item(link, call.at, row, frame)
    if offered := credentials.offered_password(action, payload):
        item.event = PasswordOffered(offered)
    await door.submit(item)
    send = partial(link.send, frames.encode_call(call.message_id, action, payload))
    begun = time.perf_counter()
    try:
        response: Response | None = await link.pending.ask(
            call.message_id, settings.OCPP_CALL_TIMEOUT_S, send
        )
    except TimeoutError:
        response = None
        metrics.CALL_TIMEOUTS.inc()
    except (LinkLost, NeverSent) as error:
        gone = UNSENT if isinstance(error, NeverSent) else None
        await door.submit(_settling(link, row, replace(call, response=gone)))
        raise
    link.tire()
    link.lost_answers = link.lost_answers + 1 if response is None else 0
    latency_ms = (time.perf_counter() - begun) * 1000
    done = judged(replace(call, response=response, latency_ms=latency_ms), command, row, link)
    settling = _settling(link, row, done)
    if not done.problem:
        settling.event = _password_settled(action, payload, response)
    await door.submit(settling)
    return done


def _is_in_vain(command: Command, outcome: Outcome) -> bool:
    """The calls that would follow build on one that was refused."""
    return command.declared.is_stepwise and outcome.status != "accepted"


def _password_settled(action: str, payload: Any, response: Response | None) -> Event | None:
    """Known at once: the station may come back with its new password in the next moment.

    Without an answer either may be true, and the next handshake tells (SEC-05).
    """
    if response is None or credentials.offered_password(action, payload) is None:
        return None
    answer = response.payload if isinstance(response, CallResult) else None
    password = credentials.new_password(action, payload, answer)
    return PasswordTaken(password) if password else PasswordRefused()


def _settling(link: Link, row: CommandRow, done: Sent) -> Item:
    item = _item(link, done.at, row)
    item.settled = settled(done)
    return item


async def _answer(row: CommandRow, link: Link, door: Door, event: CommandAnswered) -> None:
    item = _item(link, datetime.now(UTC), row)
    item.event = event
    await door.submit(item)


def _item(link: Link, at: datetime, row: CommandRow, frame: Frame | None = None) -> Item:
    return Item(
        link.ref,
        link.protocol.value,
        link.connection_id,
        at,
        frame=frame,
        session_id=row.session_id,
    )


@database_sync_to_async
def _next(link: Link) -> CommandRow | None:
    """What people want before what nobody asked for, and the oldest first.

    What a station may not be told yet waits its turn.
    """
    now = datetime.now(UTC)
    queued = CommandRow.objects.filter(
        is_due(now), station_id=link.ref.id, state=State.QUEUED, expires_at__gt=now
    ).order_by("is_unasked", "id")
    status = link.boot_status
    if status not in HELD:
        return queued.first()
    traits = traits_of(link.protocol)
    with pieces_of(queued, 100) as rows:
        for row in rows:
            if may_send(traits, status, row.declared.while_pending, row.parameters):
                return row
    return None


@database_sync_to_async
def _claim(row: CommandRow, link: Link) -> bool:
    return commands.claim(row, connection_id=link.connection_id, now=datetime.now(UTC))


@database_sync_to_async
def _give_back(row: CommandRow) -> None:
    commands.requeue(row)


@database_sync_to_async
def _go_on(row: CommandRow) -> None:
    commands.note_progress(row.pk, now=datetime.now(UTC))


@database_sync_to_async
def _note(row: CommandRow, calls: list[tuple[Command, Call]]) -> None:
    payloads = [payload for _, (_, payload) in calls]
    request = payloads[0] if len(payloads) == 1 else {"parts": payloads}
    commands.note_call(row.pk, calls[0][1][0], request)


@database_sync_to_async
def _limits(row: CommandRow, link: Link) -> MessageLimits:
    """What the station said, or its make is known, to take in one such message (L-01)."""
    message = row.declared.limited_as
    if not message:
        return MessageLimits()
    items, size = abilities.items_per_message(message), abilities.bytes_per_message(message)
    told = abilities.told_by(row.station_id, items, size)
    return MessageLimits(told.of(items) or link.adapter.manner.keys_per_call, told.of(size))
