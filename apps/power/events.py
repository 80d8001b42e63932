"""Events about limits and cars: rare ones, so each reads and writes for itself."""

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.campaigns.batch import Campaigns
from apps.commands.happenings import Answered, Progressed, by_class
from apps.commands.models import CommandRow, State
from apps.domain.answers import Answer, StatusAnswer
from apps.domain.power import (
    EvNeedsTold,
    EvScheduleTold,
    GetChargingProfiles,
    LimitCleared,
    LimitNotified,
    ProfilesReported,
    SetChargingProfile,
)
from apps.domain.profiles import CompositeSchedule
from apps.power import answers, cars, keeping, services, starts
from apps.power.batch import Profiles
from apps.power.cars import Charging
from apps.power.planned import LIMITS
from apps.sessions.batch import Sessions
from apps.sessions.happenings import Ended
from apps.stations.happenings import Booted
from apps.stations.models import Station

_take_answer = by_class(answers.ANSWERED, {CompositeSchedule: answers.take_schedule})


def _reported(batch: Batch, item: Item, event: ProfilesReported) -> Answer:
    services.take_report(_station(item), event, batch.now)
    return Answer()


def _limited(batch: Batch, item: Item, event: LimitNotified) -> Answer:
    services.note_limit(_station(item), event, batch.now)
    return Answer()


def _unlimited(_batch: Batch, item: Item, event: LimitCleared) -> Answer:
    services.drop_limit(_station(item), event)
    return Answer()


def _needs(batch: Batch, item: Item, event: EvNeedsTold) -> Answer:
    charging = _charging(batch, item, event.evse_id)
    return StatusAnswer(cars.take_needs(_station(item), event, charging, batch.now))


def _schedule(batch: Batch, item: Item, event: EvScheduleTold) -> Answer:
    charging = _charging(batch, item, event.evse_id)
    return StatusAnswer(cars.take_schedule(_station(item), event, charging, batch.now))


def _answered(batch: Batch, told: Answered) -> None:
    _take_answer(batch, told)
    if starts.left_its_limit(told.row) and told.row.state == State.CONFIRMED:
        _limit(batch, told.row)
    if told.row.kind is SetChargingProfile:
        batch.part(Campaigns).heard(LIMITS, told.row.station_id)


def _progressed(batch: Batch, told: Progressed) -> None:
    """A start may have begun its session just now."""
    for row in starts.list_begun(told.ref.id, batch.now):
        _limit(batch, row)


def _limit(batch: Batch, row: CommandRow) -> None:
    """The limit that a start left behind, for the newest session at its EVSE."""
    evse_id = row.parameters.get("evse_id") or row.parameters.get("connector_id")
    running = batch.part(Sessions).open_on(row.station_id, evse_id)
    if running and (there := running[-1].known.evse_id):
        begun = starts.Begun(running[-1].id, running[-1].transaction_id, there)
        starts.send_limit(row, begun, batch.now)


def _booted(batch: Batch, told: Booted) -> None:
    ref = told.item.ref
    if keeping.loses_limits(ref.vendor, ref.model, ref.firmware):
        batch.part(Profiles).send_again(ref)
    elif told.item.traits.can(GetChargingProfiles):
        batch.part(Profiles).read_again(ref)


def _over(batch: Batch, ended: Ended) -> None:
    services.end_transactions(ended.sessions, batch.now)


def _charging(batch: Batch, item: Item, evse_id: int) -> Charging | None:
    """The newest session at the EVSE, those of this batch included."""
    running = batch.part(Sessions).open_on(item.ref.id, evse_id)
    if not running:
        return None
    entry = running[-1]
    item.session_id = entry.id
    offered_at = entry.known.started_at if entry.known.has_charged else None
    return Charging(entry.id, entry.transaction_id, offered_at)


def _station(item: Item) -> Station:
    return Station.objects.get(pk=item.ref.id)


RARE = {
    EvNeedsTold: _needs,
    EvScheduleTold: _schedule,
    LimitCleared: _unlimited,
    LimitNotified: _limited,
    ProfilesReported: _reported,
}
HOOKS = {
    Answered: _answered,
    Booted: _booted,
    Ended: _over,
    Progressed: _progressed,
}
