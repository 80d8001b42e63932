"""The stations of one batch at which a campaign may go on."""

from collections import defaultdict

from apps.batch.parts import Batch, Part
from apps.campaigns.advance import advance_stations
from apps.campaigns.kinds import Kind
from ocpp_platform.bulk import Writes


class Campaigns(Part):
    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._heard: defaultdict[Kind, set[int]] = defaultdict(set)

    def heard(self, kind: Kind, station_id: int) -> None:
        """An answer, an effect or a boot of this station may concern campaigns of this kind."""
        self._heard[kind].add(station_id)

    def flush(self, _writes: Writes) -> None:
        for kind, station_ids in self._heard.items():
            advance_stations(kind, station_ids, now=self.batch.now)
