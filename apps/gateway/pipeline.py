"""From the wire to a decision, and back: one frame in, at most one frame out.

text → frame → adapted and examined call → event → committed → answer → text. Nothing that a
station sends raises here, and no answer leaves before its event is committed.
"""

import logging
from datetime import UTC, datetime
from typing import Protocol as Shape

from apps.batch.items import Frame, Item, Reply
from apps.domain.answers import BootAnswer
from apps.domain.events import Event, StationBooted
from apps.domain.form import Excuse
from apps.gateway import errands, losses, replies
from apps.gateway.admission import is_in_name_of
from apps.gateway.holding import BOOT, is_muted
from apps.gateway.link import Link
from apps.journal.masking import impersonal, masked, masked_frame
from apps.journal.secrecy import may_tell
from apps.protocol import examination, translation
from apps.protocol.examination import Examined
from apps.protocol.frames import NO_ID, Call, CallError, CallResult, Malformed
from apps.protocol.frames import Frame as Received
from ocpp_platform.threads import DatabaseAway

logger = logging.getLogger(__name__)

_NOT_YET = "SecurityError", "The station has not been accepted yet."
_LONGEST_NOTE = 2_000
_OTHER_FRAMES = frozenset({"odd_payload", "odd_frame", "no_number"})


class SerialMismatch(Exception):
    """A station boots with a serial number that is not in its certificate; its socket closes."""


class Door(Shape):
    """Where items are committed; the reply comes back when they are."""

    async def submit(self, given: Item) -> Reply | None: ...


async def receive(data: str | bytes, link: Link, door: Door) -> str | None:
    """Handle one frame from ``link``, text or binary; the frame to send back, if any.

    Whatever breaks on the way is answered with InternalError, and kept with the frame.
    """
    received_at = datetime.now(UTC)
    link.last_seen_at = received_at
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    frame: Received = Malformed("not read", None, answerable=False, raw=text)
    try:
        frame, excuses = examination.receive(data, link.adapter, reading=link.reading)
        if isinstance(frame, Call):
            return await _answer(frame, excuses, text, link, door, received_at)
        if isinstance(frame, Malformed):
            return await _malformed(frame, link, door, received_at)
        await _response(frame, text, link, door, received_at)
    except (SerialMismatch, DatabaseAway):
        raise
    except Exception as error:  # an edge: one frame's trouble is not its socket's
        logger.exception("a frame of %s broke", link.ref.identity)
        return await _broken(frame, error, text, link, door, received_at)
    return None


async def _answer(
    call: Call,
    excuses: tuple[Excuse, ...],
    text: str,
    link: Link,
    door: Door,
    received_at: datetime,
) -> str | None:
    repeated = link.recall(call.message_id, text)
    if repeated is not None:
        await door.submit(_item(link, received_at, _kept(call, text, "repeated", repeated)))
        return repeated
    examined = examination.examine(call, link.protocol, link.adapter, reading=link.reading)
    excuses = excuses + examined.excuses
    notes = examined.notes + [str(excuse) for excuse in excuses]
    refused = _refusal(examined, link)
    if refused is not None:
        return await _refuse(call, refused, notes, text, link, door, received_at)
    event = translation.event_of(link.codec, examined, received_at)
    if isinstance(event, StationBooted):
        _check_serial(event, link)
        link.booted_as(event.vendor, event.model, event.firmware)
    event = await errands.run(event, link.ref)
    kept = _kept(call, text, "ok", notes="; ".join(notes)[:_LONGEST_NOTE], is_odd=_is_odd(excuses))
    item = _item(link, received_at, kept, event)
    item.excuses = excuses
    item.clock = link.hear(call.action, examined.call.payload, received_at)
    item.offset_s = link.clock.live_s
    item.may_be_read = link.adapter.manner.is_read_on_boot
    item.write = replies.writer(link, examined.call, lambda answer: _told(link, answer))
    turn = link.watch.turn
    reply = await door.submit(item)
    link.watch.learn(item.followed, turn)
    link.be_ready_in(link.quiet_s, at_latest=not isinstance(event, StationBooted))
    if reply is None:
        return None
    if call.message_id != NO_ID:
        link.remember(call.message_id, text, reply.frame)
    return reply.frame


async def _broken(
    frame: Received, error: Exception, text: str, link: Link, door: Door, received_at: datetime
) -> str | None:
    """Kept as it came, with what broke; a call is owed an answer."""
    is_call, message_id = isinstance(frame, Call), frame.message_id or ""
    reply_id = frame.reply_id if isinstance(frame, Call) else message_id
    action = frame.action if isinstance(frame, Call) else ""
    reply = replies.refusal(link, reply_id, "InternalError", "Kept for inspection")
    notes = masked(f"{type(error).__name__}: {error}")[:_LONGEST_NOTE]
    kept = Frame(
        "in", action, message_id, _raw(text), "error", "InternalError", notes,
        reply.payload if is_call else "",
    )  # fmt: skip
    await door.submit(_item(link, received_at, kept, losses.of_failure(action)))
    return reply.frame if is_call else None


def _check_serial(event: StationBooted, link: Link) -> None:
    """The certificate is that of the serial number which boots (B01.FR.11, FR.12)."""
    shown, serial = link.certificate, event.serial_number
    if shown and serial and not is_in_name_of(shown, link.ref.identity, serial):
        names = ", ".join(sorted(shown.names))
        raise SerialMismatch(f"It booted as {serial!r} with the certificate of {names}.")


def _refusal(examined: Examined, link: Link) -> tuple[str, str] | None:
    """Code and description of the CALLERROR due, if one is (§1.3; B01.FR.10, B02.FR.09)."""
    action = examined.call.action
    if action != BOOT and _is_shut_out(link, action):
        return _NOT_YET
    code = examined.refusal or (examined.problems[0].code if examined.problems else "")
    if code:
        return code, examined.description
    link.asked.take(action)
    return None


def _is_shut_out(link: Link, action: str = "") -> bool:
    """Whether a station that may say nothing yet says what nobody asked for."""
    is_held = is_muted(link.boot_status, is_on_trial=link.is_on_trial)
    return is_held and not link.asked.expects(action)


async def _refuse(
    call: Call,
    refused: tuple[str, str],
    notes: list[str],
    text: str,
    link: Link,
    door: Door,
    received_at: datetime,
) -> str:
    code, description = refused
    reply = replies.refusal(link, call.reply_id, code, description)
    notes = [*notes, description]
    kept = _kept(call, text, "refused", reply.payload, "; ".join(notes), reply.error_code)
    lost = None if refused is _NOT_YET else losses.of_form(call, link, received_at)
    await door.submit(_item(link, received_at, kept, lost))
    return reply.frame


async def _malformed(frame: Malformed, link: Link, door: Door, received_at: datetime) -> str | None:
    """Kept as it came; answered where it was a call, silent where it was not (R-10, R-11)."""
    link.pending.settle(frame)
    reply, is_early = None, f'"{BOOT}"' not in frame.raw and _is_shut_out(link)
    if frame.answerable:
        code, why = _NOT_YET if is_early else (frame.code, frame.reason)
        reply = replies.refusal(link, frame.message_id or "-1", code, why)
    kept = Frame(
        direction="in",
        action="",
        message_id=frame.message_id or "",
        payload=_raw(frame.raw),
        result="malformed",
        error_code=reply.error_code if reply else "",
        notes=frame.reason,
        answer=reply.payload if reply else "",
    )
    lost = None if is_early else losses.of_frame(frame)
    await door.submit(_item(link, received_at, kept, lost))
    return reply.frame if reply else None


async def _response(
    frame: CallResult | CallError, text: str, link: Link, door: Door, received_at: datetime
) -> None:
    """The answer to our call; one that nobody waits for is kept and dropped (R-07)."""
    if link.pending.settle(frame):
        return
    kept = Frame("in", "", frame.message_id, _raw(text), "unmatched", notes="Nobody asked.")
    await door.submit(_item(link, received_at, kept))


def _told(link: Link, answer: BootAnswer) -> None:
    link.boot_status = answer.status


def _kept(
    call: Call,
    text: str,
    result: str,
    answer: str = "",
    notes: str = "",
    error_code: str = "",
    *,
    is_odd: bool = False,
) -> Frame:
    """``is_odd``: it is another frame than it is taken for, so it is kept as it came."""
    shown = impersonal(call.action, call.payload)
    if is_odd:
        payload = _raw(text)
    else:
        payload = (replies.masked_text if may_tell(text) else replies.json_text)(shown)
    answer, notes = masked(answer), masked(notes)
    return Frame("in", call.action, call.message_id, payload, result, error_code, notes, answer)


def _is_odd(excuses: tuple[Excuse, ...]) -> bool:
    return any(excuse.rule in _OTHER_FRAMES for excuse in excuses)


def _raw(text: str) -> str:
    """A frame as it came, without its secrets."""
    return masked_frame(text.replace("\x00", "\ufffd"))


def _item(link: Link, received_at: datetime, frame: Frame, event: Event | None = None) -> Item:
    return Item(
        link.ref,
        link.protocol.value,
        link.connection_id,
        received_at,
        event,
        frame,
        is_followed=link.watch.concerns(event),
    )
