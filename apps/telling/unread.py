"""Readings that could not be understood, with what was sent: of messages read anew as at the door.

Pure: it looks at kept messages. What a maker does by habit is read as of the station's make now.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from apps.domain.events import SamplesTaken, SessionEvent
from apps.domain.vocabulary import Protocol
from apps.journal.reading import members_of
from apps.protocol import codec, examination, translation
from apps.protocol.frames import Call
from apps.protocol.vendors import Profile
from apps.telling.messages import said_by
from apps.telling.refs import Kind, Ref

if TYPE_CHECKING:
    from apps.journal.models import Message

MOST = 20


@dataclass(frozen=True, slots=True)
class Unread:
    """``what``: the member or quantity; ``sent``: what stood there; ``at``: as its station told
    it, or else when it came."""

    at: datetime
    what: str
    sent: str
    ref: Ref

    @property
    def why(self) -> str:
        return f"It was sent as “{self.sent}”, which could not be understood."


def unread_in(
    messages: "Iterable[Message]", protocol: Protocol, adapter: Profile
) -> tuple[Unread, ...]:
    """Oldest first, each thing once, at most MOST of them."""
    found: dict[tuple[str, str], Unread] = {}
    for row in messages:
        for one in _of(row, protocol, adapter):
            found.setdefault((one.what, one.sent), one)
        if len(found) >= MOST:
            break
    return tuple(sorted(found.values(), key=lambda one: one.at))[:MOST]


def _of(row: "Message", protocol: Protocol, adapter: Profile) -> Iterator[Unread]:
    call = Call(row.message_id, row.action, dict(members_of(row.payload)))
    examined = examination.examine(call, protocol, adapter)
    if examined.refusal or examined.problems:
        return
    event = translation.event_of(codec(protocol), examined, row.at)
    if not isinstance(event, SessionEvent | SamplesTaken):
        return
    at = event.at if isinstance(event, SessionEvent) else said_by(row).at or row.at
    for words in event.unread:
        what, _, sent = words.partition(" ")
        yield Unread(at, what, sent, Ref(Kind.MESSAGE, row.pk, row.at))
