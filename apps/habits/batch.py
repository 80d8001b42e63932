"""What the answers of one batch teach, written in one order of keys whoever else learns."""

from apps.batch.parts import Batch, Part
from apps.batch.refs import StationRef
from apps.domain.lessons import Lesson
from apps.habits import services
from ocpp_platform.bulk import Writes


class Lessons(Part):
    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._noted: list[services.Noted] = []

    def note(self, ref: StationRef, lesson: Lesson, command_id: int) -> None:
        """An answer of this station showed it."""
        self._noted.append(services.Noted(ref, lesson, command_id))

    def flush(self, _writes: Writes) -> None:
        if self._noted:
            services.learn(self._noted, self.batch.now)
