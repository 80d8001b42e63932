"""What stations tell of their local lists."""

from apps.batch.parts import Batch
from apps.campaigns.batch import Campaigns
from apps.campaigns.standing import adopt
from apps.commands.happenings import Answered, by_class
from apps.domain.authorization import SendLocalList
from apps.lists import services
from apps.lists.upkeep import LISTS, upkeep_of

_take_answer = by_class(services.ANSWERED)


def _answered(batch: Batch, told: Answered) -> None:
    """A list that was given by hand may have more parts, or be refused, like any other."""
    _take_answer(batch, told)
    if told.row.kind is SendLocalList:
        adopt(upkeep_of(told.row.organisation_id, batch.now), told.row)
        batch.part(Campaigns).heard(LISTS, told.row.station_id)


HOOKS = {Answered: _answered}
