"""What stations answer and show may be of a job. Who comes back is found by the clock."""

from apps.batch.parts import Batch
from apps.campaigns.batch import Campaigns
from apps.commands.happenings import Progressed, Replied
from apps.jobs.kinds import COMMANDS


def _replied(batch: Batch, told: Replied) -> None:
    batch.part(Campaigns).heard(COMMANDS, told.item.ref.id)


def _progressed(batch: Batch, told: Progressed) -> None:
    batch.part(Campaigns).heard(COMMANDS, told.ref.id)


HOOKS = {Progressed: _progressed, Replied: _replied}
