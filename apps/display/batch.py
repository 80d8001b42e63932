"""The stations of one batch whose displays must be asked for again."""

from apps.batch.parts import Batch, Part
from apps.batch.refs import StationRef
from apps.commands.services import Whom
from apps.display import services
from ocpp_platform.bulk import Writes


class Displays(Part):
    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._booted: dict[int, Whom] = {}

    def read_again(self, ref: StationRef) -> None:
        """Have the station asked for what we assume that it shows."""
        self._booted[ref.id] = (ref.organisation_id, ref.id, ref.identity)

    def flush(self, _writes: Writes) -> None:
        if self._booted:
            services.read_again(self._booted, self.batch.now)
