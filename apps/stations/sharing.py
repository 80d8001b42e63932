"""Which boxes come in under the identities of a batch's stations; the rule is ``boxes``."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from apps.batch.items import Item
from apps.batch.parts import Batch, Part
from apps.batch.refs import StationRef
from apps.domain.events import StationBooted, StationConnected, StationDisconnected
from apps.history import kinds
from apps.history.batch import Facts
from apps.stations import boxes
from apps.stations.boxes import Box, Seen, Socket
from apps.stations.models import Station
from ocpp_platform.bulk import Writes

_KIND = {boxes.TWO: kinds.TWO_BOXES_SEEN, boxes.EXCHANGED: kinds.STATION_EXCHANGED}
_ABOUT = ("vendor", "model", "serial_number", "firmware")
_SOCKET = ("ip", "is_connected", "connection_changed_at", "last_seen_at")
_SEEN = (
    "box_ip", "other_serial_number", "other_maker", "other_ip", "other_at", "is_other_last",
    "two_boxes_at", "replaced_at",
)  # fmt: skip
_WANTED = {
    "last_boot_at", "connection_id", "boot_policy", "boot_status", *_ABOUT, *_SOCKET, *_SEEN,
}  # fmt: skip


@dataclass(slots=True)
class Known:
    """``standing``: its boot policy, what its last boot was answered, its firmware."""

    seen: Seen
    socket: Socket
    connection_id: str
    standing: tuple[str, str, str]
    about: dict[str, str]


class Sharing(Part):
    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._known: dict[int, Known] = {}
        self._changed: set[int] = set()

    def load(self) -> None:
        told = self.batch.told(StationBooted, StationConnected)
        if not told:
            return
        stations = Station.objects.filter(pk__in={item.ref.id for item, _ in told})
        for row in stations.values("pk", *_WANTED):
            self._known[row["pk"]] = _known(row)

    def standing(self) -> dict[int, tuple[str, str, str]]:
        """Of each station that boots: see ``Known``."""
        return {pk: known.standing for pk, known in self._known.items()}

    def connected(self, item: Item, event: StationConnected) -> None:
        known, now = self._known.get(item.ref.id), self.batch.now
        if known is None:
            return
        seen, verdict = boxes.connect(known.seen, known.socket, event.ip, now)
        known.socket = Socket(event.ip, is_connected=True, came_at=now, heard_at=now)
        known.connection_id = event.connection_id
        self._note(item.ref, known, seen, verdict)

    def disconnected(self, item: Item, event: StationDisconnected) -> None:
        """In the same batch as what follows it."""
        known = self._known.get(item.ref.id)
        if known is not None and known.connection_id == event.connection_id:
            known.socket = replace(known.socket, is_connected=False)

    def booted(self, item: Item, event: StationBooted) -> StationBooted:
        """What the station is shown as: of two boxes the one that was there first."""
        known = self._known.get(item.ref.id)
        if known is None:
            return event
        maker = f"{event.vendor} {event.model}".strip()
        box = Box(event.serial_number[:255], maker[:255], known.socket.ip)
        seen, verdict = boxes.boot(known.seen, box, self.batch.now)
        self._note(item.ref, known, seen, verdict)
        if seen.is_other_last:
            return replace(event, **known.about)
        known.about = {name: getattr(event, name) for name in _ABOUT}
        known.about["serial_number"] = seen.shown.serial_number
        return replace(event, serial_number=seen.shown.serial_number)

    def flush(self, writes: Writes) -> None:
        rows = [(pk, *_row(self._known[pk].seen)) for pk in sorted(self._changed)]
        writes.update(Station, ("id", *_SEEN), rows)

    def _note(self, ref: StationRef, known: Known, seen: Seen, verdict: str) -> None:
        if verdict:
            words = words_of(seen.shown, seen.other)
            self.batch.part(Facts).told(_KIND[verdict], ref, reason=words)
        if _row(seen) != _row(known.seen):
            self._changed.add(ref.id)
        known.seen = seen


def words_of(shown: Box, other: Box | None) -> str:
    """Both, as people name them."""
    return " and ".join(box.words for box in (shown, other) if box is not None and box.words)


def two_boxes(station: Station, now: datetime) -> str:
    """Both boxes of a station that has two, in words; "" where it has one."""
    return words_of(*pair) if (pair := find_pair(station, now)) else ""


def find_pair(station: Station, now: datetime) -> tuple[Box, Box] | None:
    """The boxes of a station that has two."""
    seen = _seen({name: getattr(station, name) for name in ("last_boot_at", *_ABOUT, *_SEEN)})
    return (seen.shown, seen.other) if seen.has_two(now) and seen.other else None


def _seen(row: dict[str, Any]) -> Seen:
    maker = f"{row['vendor']} {row['model']}".strip()
    other = Box(row["other_serial_number"], row["other_maker"], row["other_ip"])
    return Seen(
        Box(row["serial_number"], maker, row["box_ip"]),
        has_booted=row["last_boot_at"] is not None,
        other=other if row["other_at"] else None,
        other_at=row["other_at"],
        is_other_last=row["is_other_last"],
        two_at=row["two_boxes_at"],
        replaced_at=row["replaced_at"],
    )


def _known(row: dict[str, Any]) -> Known:
    socket = Socket(*(row[name] for name in _SOCKET))
    standing = (row["boot_policy"], row["boot_status"], row["firmware"])
    return Known(
        _seen(row), socket, row["connection_id"], standing, {name: row[name] for name in _ABOUT}
    )


def _row(seen: Seen) -> tuple[Any, ...]:
    other = seen.other or Box()
    return (
        seen.shown.ip, other.serial_number, other.maker, other.ip, seen.other_at,
        seen.is_other_last, seen.two_at, seen.replaced_at,
    )  # fmt: skip
