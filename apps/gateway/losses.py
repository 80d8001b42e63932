"""Messages about money that are not taken, as events: the station and its sessions must know."""

from datetime import datetime

from apps.domain.form import MessageRefused
from apps.gateway.link import Link
from apps.protocol import examination, translation
from apps.protocol.examination import MONEY
from apps.protocol.frames import Call, Malformed


def of_form(call: Call, link: Link, received_at: datetime) -> MessageRefused | None:
    """A call that was refused for its form; read as a tolerant station's for whose money it is."""
    if call.action not in MONEY:
        return None
    read = examination.examine(call, link.protocol, link.adapter)
    event = translation.event_of(link.codec, read, received_at)
    transaction_id, evse_id = (getattr(event, n, None) for n in ("transaction_id", "evse_id"))
    return MessageRefused(call.action, "strict_form", transaction_id, evse_id or None)


def of_failure(action: str) -> MessageRefused | None:
    """A call that broke something here."""
    return MessageRefused(action, "failed") if action in MONEY else None


def of_frame(frame: Malformed) -> MessageRefused | None:
    """A frame that is none, where its beginning names an action about money."""
    is_call = frame.answerable or frame.meant is not None
    action = examination.action_in(frame.raw) if is_call else ""
    return MessageRefused(action, "broken_frame") if action else None


TOO_LARGE = MessageRefused("", "too_large")
