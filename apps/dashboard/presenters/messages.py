"""The message log: pairs of request and answer, and between them the life of the sockets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Actor
from apps.dashboard.presenters.summary import summarise
from apps.journal import selectors
from apps.journal.models import LinkEvent, Message
from apps.journal.selectors import MessageFilter
from apps.stations.selectors import find_stations

_RESULTS = {
    "ok": ("ok", "check", "OK"),
    "waiting": ("plugged", "clock", "Waiting"),
    "error": ("faulted", "circle-x", "Error"),
    "timed_out": ("paused", "hourglass", "No reply"),
    "malformed": ("faulted", "triangle-alert", "Malformed"),
    "refused": ("faulted", "ban", "Refused"),
    "repeated": ("offline", "refresh-cw", "Repeated"),
}
_LINKS = {
    "connected": ("ok", "wifi", "Connected"),
    "disconnected": ("offline", "wifi-off", "Disconnected"),
    "replaced": ("plugged", "refresh-cw", "Replaced by a newer connection"),
    "silent": ("paused", "wifi-off", "Fell silent"),
}


@dataclass(frozen=True, slots=True)
class TrafficLine:
    """A message, or (``link``) a socket event; ``identity`` of its station."""

    at: datetime
    identity: str
    tone: str
    icon: str
    word: str
    message: Message | None = None
    link: LinkEvent | None = None
    summary: str = ""

    @property
    def size_bytes(self) -> int:
        return len(self.message.payload) + len(self.message.answer) if self.message else 0


def lines(
    actor: Actor, messages: Iterable[Message], links: Iterable[LinkEvent] = ()
) -> list[TrafficLine]:
    """Newest first; one query for the names of all stations."""
    messages, links = list(messages), list(links)
    ids = {m.station_id for m in messages} | {link.station_id for link in links}
    names = dict(find_stations(actor, list(ids)).order_by().values_list("pk", "identity"))
    found = [_message(m, names) for m in messages] + [_link(link, names) for link in links]
    return sorted(found, key=lambda line: line.at, reverse=True)


def links_between(
    actor: Actor, filter_: MessageFilter, messages: list[Message], *, is_first: bool
) -> list[LinkEvent]:
    """Socket events in the time that a page of messages covers; none where they are filtered."""
    if filter_.action or filter_.result or filter_.direction or filter_.q or filter_.session_id:
        return []
    if not messages:
        return selectors.list_link_events(actor, station_id=filter_.station_id, limit=20)
    until = filter_.before if is_first else messages[0].at
    return selectors.list_link_events(
        actor, station_id=filter_.station_id, since=messages[-1].at, until=until, limit=50
    )


def _message(message: Message, names: dict[int, str]) -> TrafficLine:
    tone, icon, word = _RESULTS.get(message.result, ("offline", "circle", message.result))
    return TrafficLine(
        message.at,
        names.get(message.station_id, ""),
        tone,
        icon,
        message.error_code or word,
        message=message,
        summary=summarise(message.action, message.payload, message.answer),
    )


def _link(link: LinkEvent, names: dict[int, str]) -> TrafficLine:
    tone, icon, word = _LINKS.get(link.kind, ("offline", "plug", link.kind))
    code = f"code {link.code}" if link.code else ""
    summary = " · ".join(p for p in (link.protocol, link.ip, code, link.reason) if p)
    return TrafficLine(
        link.at, names.get(link.station_id, ""), tone, icon, word, link=link, summary=summary
    )
