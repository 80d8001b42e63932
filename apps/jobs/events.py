"""What stations answer and show may be of a job, and those that come back may be waited for."""

from apps.batch.parts import Batch
from apps.campaigns.batch import Campaigns
from apps.commands.happenings import Progressed, Replied
from apps.jobs.kinds import COMMANDS
from apps.stations.happenings import CameIn


def _replied(batch: Batch, told: Replied) -> None:
    batch.part(Campaigns).heard(COMMANDS, told.item.ref.id)


def _progressed(batch: Batch, told: Progressed) -> None:
    batch.part(Campaigns).heard(COMMANDS, told.ref.id)


def _came(batch: Batch, told: CameIn) -> None:
    batch.part(Campaigns).heard(COMMANDS, told.item.ref.id)


HOOKS = {CameIn: _came, Progressed: _progressed, Replied: _replied}
