"""How far the clocks of the stations of a batch are off, where that is news."""

from typing import Any

from apps.batch.parts import Batch, Part
from apps.batch.refs import StationRef
from apps.domain.clocks import Judged
from apps.stations.models import Station
from ocpp_platform.bulk import Writes

_COLUMNS = ("id", "clock_offset_s", "clock_drift_s_per_day", "clock_judged_at")


class Clocks(Part):
    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._rows: dict[int, tuple[Any, ...]] = {}

    def judged(self, ref: StationRef, found: Judged) -> None:
        self._rows[ref.id] = (ref.id, found.offset_s, found.drift_s_per_day, found.judged_at)
        self.batch.station_changed(ref)

    def flush(self, writes: Writes) -> None:
        writes.update(Station, _COLUMNS, list(self._rows.values()))
