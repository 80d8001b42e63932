"""Whether one box or two come in under an identity. Pure.

A box is known by its serial number, else by its maker and model, else by its address. Another one
is an exchange, unless the first was there in the same minutes or comes back: then there are two,
until one alone has been seen for a while.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

QUIET = timedelta(days=1)  # with one alone, until there is one again
RETURN = timedelta(days=7)  # who comes back within it was never taken away
ALIVE = timedelta(minutes=2)  # a socket that was heard so lately has somebody behind it
TURN = timedelta(minutes=10)  # in which addresses that take turns are two boxes
EXCHANGED, TWO = "exchanged", "two"


@dataclass(frozen=True, slots=True)
class Box:
    """``maker``: with the model; what was not told is ""."""

    serial_number: str = ""
    maker: str = ""
    ip: str = ""

    def is_same(self, other: "Box") -> bool:
        """Whether nothing that both have told speaks against it."""
        if self.serial_number and other.serial_number:
            return _told(self.serial_number) == _told(other.serial_number)
        if self.maker and other.maker:
            return _told(self.maker) == _told(other.maker)
        return True

    @property
    def name(self) -> str:
        return self.serial_number or self.maker or self.ip

    @property
    def words(self) -> str:
        name = f"serial number {self.serial_number}" if self.serial_number else self.maker
        where = f"at {self.ip}" if self.ip else ""
        return " ".join(filter(None, (name, where)))


@dataclass(frozen=True, slots=True)
class Seen:
    """``shown``: the box that people are shown; ``other``: the one before it, or beside it.

    ``other_at``: when that was there last; ``is_other_last``: it booted last. ``two_at``: when
    there was a sign of both. ``replaced_at``: when this socket took the place of a live one.
    """

    shown: Box
    has_booted: bool = False
    other: Box | None = None
    other_at: datetime | None = None
    is_other_last: bool = False
    two_at: datetime | None = None
    replaced_at: datetime | None = None

    def has_two(self, now: datetime) -> bool:
        return self.two_at is not None and now - self.two_at < QUIET


@dataclass(frozen=True, slots=True)
class Socket:
    """The one that counted until now."""

    ip: str
    is_connected: bool
    came_at: datetime | None
    heard_at: datetime | None

    def is_alive(self, now: datetime) -> bool:
        return self.is_connected and self.heard_at is not None and now - self.heard_at < ALIVE


def connect(seen: Seen, before: Socket, ip: str, now: datetime) -> tuple[Seen, str]:
    """A socket opened from ``ip``; what is known then, and "" | TWO."""
    if not before.is_alive(now):
        return replace(seen, replaced_at=None), ""
    seen = replace(seen, replaced_at=now)
    if seen.has_two(now):
        return replace(seen, two_at=now), ""
    if seen.shown.serial_number or not before.ip or before.ip == ip:
        return seen, ""
    has_come_back = (
        seen.other is not None
        and seen.other.ip == ip
        and seen.other_at is not None
        and now - seen.other_at < TURN
        and before.came_at is not None
        and before.heard_at is not None
        and before.heard_at > before.came_at
    )
    shown, other = replace(seen.shown, ip=ip), Box(ip=before.ip)
    seen = replace(seen, shown=shown, other=other, other_at=now, is_other_last=False)
    return (replace(seen, two_at=now), TWO) if has_come_back else (seen, "")


def boot(seen: Seen, box: Box, now: datetime) -> tuple[Seen, str]:
    """A box booted; what is known then, and "" | EXCHANGED | TWO."""
    if not seen.has_booted:
        return replace(seen, shown=_named(box, seen.shown), has_booted=True), ""
    if seen.shown.is_same(box):
        return _again(seen, box, now)
    other = seen.other if seen.other is not None and seen.other.is_same(box) else None
    if seen.has_two(now):
        two_at = seen.two_at if other and seen.is_other_last else now
        return _beside(seen, box, now, two_at), ""
    has_stayed = other is not None and seen.is_other_last
    is_back = other is not None and seen.other_at is not None and now - seen.other_at < RETURN
    if not has_stayed and (is_back or seen.replaced_at is not None):
        return _beside(seen, box, now, now), TWO
    exchanged = replace(seen, shown=box, other=seen.shown, other_at=now, two_at=None)
    return replace(exchanged, is_other_last=False), EXCHANGED


def _again(seen: Seen, box: Box, now: datetime) -> tuple[Seen, str]:
    """The one that is shown: back again, where the other one has booted since."""
    had_two = seen.has_two(now)
    is_back = seen.is_other_last and seen.other_at is not None and now - seen.other_at < RETURN
    two_at = now if is_back else seen.two_at
    shown = replace(seen, shown=_named(box, seen.shown), two_at=two_at, is_other_last=False)
    return shown, TWO if is_back and not had_two else ""


def _beside(seen: Seen, box: Box, now: datetime, two_at: datetime | None) -> Seen:
    return replace(seen, other=box, other_at=now, is_other_last=True, two_at=two_at)


def _named(box: Box, before: Box) -> Box:
    """A box that tells no serial number keeps the one that is known."""
    return replace(box, serial_number=box.serial_number or before.serial_number)


def _told(text: str) -> str:
    return "".join(text.split()).casefold()
