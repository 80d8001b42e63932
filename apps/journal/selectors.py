"""Reads: messages, comings and goings, refused handshakes, within one organisation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from apps.journal.models import COMMON, LinkEvent, Message, Refusal
from ocpp_platform.scope import Insider, scoped

ERRORS = ("error", "timed_out", "malformed", "refused")
_CHATTER = {
    "heartbeats": ("Heartbeat",),
    "meters": ("MeterValues",),
    "both": ("Heartbeat", "MeterValues"),
}
HIDEABLE = frozenset(_CHATTER)
DIRECTIONS = frozenset({"in", "out"})


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """``result``: one of Message's, or "errors". ``hide``: heartbeats | meters | both.

    ``q`` is a message id, or text in the payload where a station or a session is named.
    """

    station_id: int | None = None
    session_id: int | None = None
    command_id: int | None = None
    direction: str = ""
    action: str = ""
    result: str = ""
    hide: str = ""
    q: str = ""
    after: datetime | None = None
    before: datetime | None = None


def list_messages(actor: Insider, filter_: MessageFilter | None = None) -> QuerySet[Message]:
    """Newest first."""
    wanted = filter_ or MessageFilter()
    messages = scoped(Message, actor)
    for name in ("station_id", "session_id", "command_id", "direction", "action"):
        value = getattr(wanted, name)
        if value not in (None, ""):
            messages = messages.filter(**{name: value})
    messages = messages.filter(_result(wanted.result) & _text(wanted))
    if wanted.hide in _CHATTER:
        messages = messages.exclude(action__in=_CHATTER[wanted.hide])
    if wanted.after is not None:
        messages = messages.filter(at__gte=wanted.after)
    if wanted.before is not None:
        messages = messages.filter(at__lt=wanted.before)
    return messages.order_by("-at", "-id")


def looked_among(actor: Insider, wanted: MessageFilter) -> QuerySet[Message] | None:
    """What must be looked through for the messages of a filter; None where an index finds them."""
    named = (wanted.station_id, wanted.session_id, wanted.command_id)
    is_found = (
        any(number is not None for number in named)
        or bool(wanted.q)
        or wanted.result not in ("", "ok")
        or (bool(wanted.action) and (wanted.action not in COMMON or wanted.direction == "out"))
    )
    narrowing = (wanted.direction, wanted.action, wanted.result, wanted.hide)
    if is_found or not any(narrowing):
        return None
    return list_messages(actor, MessageFilter(after=wanted.after, before=wanted.before))


def newest_id(actor: Insider) -> int:
    """The id of the message that was written last; 0 where there is none."""
    ids = scoped(Message, actor).order_by("-id")
    return ids.values_list("id", flat=True).first() or 0


def list_of_session(actor: Insider, session_id: int) -> QuerySet[Message]:
    """Every message about a session, oldest first."""
    return list_messages(actor, MessageFilter(session_id=session_id)).order_by("at", "id")


def list_link_events(
    actor: Insider,
    *,
    station_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
) -> list[LinkEvent]:
    """Newest first."""
    events = scoped(LinkEvent, actor)
    if station_id is not None:
        events = events.filter(station_id=station_id)
    if since is not None:
        events = events.filter(at__gte=since)
    if until is not None:
        events = events.filter(at__lte=until)
    return list(events.order_by("-at", "-id")[:limit])


def list_next_link_events(
    actor: Insider, *, station_id: int, since: datetime, limit: int
) -> list[LinkEvent]:
    """The first ones after an instant, oldest first."""
    events = scoped(LinkEvent, actor).filter(station_id=station_id, at__gt=since)
    return list(events.order_by("at", "id")[:limit])


def list_refusals_of(actor: Insider, station_ids: Iterable[int]) -> list[Refusal]:
    mine = scoped(Refusal, actor)
    return list(mine.filter(station_id__in=station_ids).order_by("-last_at")[:50])


def _result(word: str) -> Q:
    if not word:
        return Q()
    return Q(result__in=ERRORS) if word == "errors" else Q(result=word)


def _text(wanted: MessageFilter) -> Q:
    if not wanted.q:
        return Q()
    found = Q(message_id=wanted.q)
    if wanted.station_id is None and wanted.session_id is None:
        return found
    return found | Q(payload__icontains=wanted.q) | Q(answer__icontains=wanted.q)
