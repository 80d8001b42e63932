"""What is known of the places of a batch's stations; read for all who speak when the first asks."""

from dataclasses import dataclass, field
from datetime import datetime

from apps.batch.items import Item
from apps.batch.parts import Batch, Part
from apps.batch.refs import StationRef
from apps.domain.events import (
    ConnectorStatusChanged,
    EventsNotified,
    SamplesTaken,
    SessionEvent,
    StationBooted,
)
from apps.stations.boxes import QUIET
from apps.stations.models import Connector, Station

_SPOKEN = (ConnectorStatusChanged, EventsNotified, SamplesTaken, SessionEvent)
_COLUMNS = (
    "pk", "last_boot_at", "two_boxes_at", "clock_offset_s", "registered_at", "clock_judged_at",
    "connection_changed_at",
)  # fmt: skip


@dataclass(slots=True)
class Place:
    """``power_w``: by EVSE, what is declared of its connectors at most; 0 where nothing is.

    ``clock_s``: by how much its clock is ahead of ours, where that was judged; ``live_at``: when
    it last told something live over an earlier connection; ``judged_at``: over any.
    """

    booted_at: datetime | None = None
    two_at: datetime | None = None
    clock_s: float | None = None
    registered_at: datetime | None = None
    live_at: datetime | None = None
    judged_at: datetime | None = None
    plugs: int = 0
    power_w: dict[int, int] = field(default_factory=dict)


class Surroundings(Part):
    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._places: dict[int, Place] = {}
        self._read: set[int] = set()

    def has_one_plug(self, ref: StationRef) -> bool:
        """Whether the station is known with a single connector."""
        return self._plugged(ref.id).plugs == 1

    def power_w(self, ref: StationRef, evse_id: int | None) -> float | None:
        """What an EVSE delivers at most, where that is declared."""
        return self._plugged(ref.id).power_w.get(evse_id or 0) or None

    def has_two_boxes(self, ref: StationRef) -> bool:
        """Whether two boxes come in under its identity."""
        two_at = self._of(ref.id).two_at
        return two_at is not None and self.batch.now - two_at < QUIET

    def clock_s(self, item: Item) -> float | None:
        """By how much the station's clock is ahead of ours, where its live messages show it."""
        return self._of(item.ref.id).clock_s if item.offset_s is None else item.offset_s

    def clock_may_have_restarted(self, item: Item) -> bool:
        """Whether it has booted since its clock was judged: some begin anew with each boot."""
        booted_at, judged_at = self.booted_at(item), self._of(item.ref.id).judged_at
        return booted_at is not None and judged_at is not None and judged_at < booted_at

    def known_since(self, station_id: int) -> tuple[datetime | None, datetime | None]:
        """When the station was registered, and when it told live over an earlier connection."""
        place = self._of(station_id)
        return place.registered_at, place.live_at

    def booted_at(self, item: Item) -> datetime | None:
        """When the station booted last before it told ``item``."""
        for other, _ in self.batch.told(StationBooted):
            if other.ref.id == item.ref.id and other.received_at <= item.received_at:
                return other.received_at
        return self._of(item.ref.id).booted_at

    def _of(self, station_id: int) -> Place:
        if station_id not in self._places:
            rows = Station.objects.filter(pk__in=self._speaking(station_id))
            for row in rows.values(*_COLUMNS):
                judged_at, changed_at = row["clock_judged_at"], row["connection_changed_at"]
                is_earlier = judged_at and changed_at and judged_at < changed_at
                self._places[row["pk"]] = Place(
                    row["last_boot_at"], row["two_boxes_at"], row["clock_offset_s"],
                    row["registered_at"], judged_at if is_earlier else None, judged_at,
                )  # fmt: skip
        return self._places.setdefault(station_id, Place())

    def _plugged(self, station_id: int) -> Place:
        """With what is known of its connectors."""
        place = self._of(station_id)
        if station_id not in self._read:
            speaking = self._speaking(station_id) - self._read
            self._read |= speaking
            rows = Connector.objects.filter(station_id__in=speaking)
            for pk, evse_id, power_w in rows.values_list(
                "station_id", "evse__number", "max_power_w"
            ):
                known = self._places.setdefault(pk, Place())
                known.plugs += 1
                known.power_w[evse_id] = max(known.power_w.get(evse_id, 0), power_w or 0)
        return place

    def _speaking(self, station_id: int) -> set[int]:
        told = self.batch.told(*_SPOKEN)
        return {station_id, *(item.ref.id for item, _ in told)}
