"""The stations of one batch whose profiles must be asked for, or sent, again."""

from apps.batch.parts import Batch, Part
from apps.batch.refs import StationRef
from apps.commands.services import Whom
from apps.power import keeping, services
from ocpp_platform.bulk import Writes


class Profiles(Part):
    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._booted: dict[int, Whom] = {}
        self._forgetful: dict[int, Whom] = {}

    def read_again(self, ref: StationRef) -> None:
        """Have the station asked for the charging profiles that we assume it holds."""
        self._booted[ref.id] = (ref.organisation_id, ref.id, ref.identity)

    def send_again(self, ref: StationRef) -> None:
        """Have it told again what limits it held before."""
        self._forgetful[ref.id] = (ref.organisation_id, ref.id, ref.identity)

    def flush(self, _writes: Writes) -> None:
        if self._booted:
            services.read_again(self._booted, self.batch.now)
        if self._forgetful:
            keeping.send_again(self._forgetful, self.batch.now)
