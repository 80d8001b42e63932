"""Events about limits and cars: rare ones, so each reads and writes for itself."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain.answers import Answer, StatusAnswer
from apps.domain.events import Event
from apps.domain.power import (
    EvNeedsTold,
    EvScheduleTold,
    LimitCleared,
    LimitNotified,
    ProfilesReported,
)
from apps.ingest.items import Item
from apps.ingest.working_set import WorkingSet
from apps.power import cars, services
from apps.power.cars import Charging
from apps.stations.models import Station


def _reported(batch: WorkingSet, item: Item, event: ProfilesReported) -> Answer:
    services.take_report(_station(item), event, batch.now)
    return Answer()


def _limited(batch: WorkingSet, item: Item, event: LimitNotified) -> Answer:
    services.note_limit(_station(item), event, batch.now)
    return Answer()


def _unlimited(_batch: WorkingSet, item: Item, event: LimitCleared) -> Answer:
    services.drop_limit(_station(item), event)
    return Answer()


def _needs(batch: WorkingSet, item: Item, event: EvNeedsTold) -> Answer:
    charging = _charging(batch, item, event.evse_id)
    return StatusAnswer(cars.take_needs(_station(item), event, charging, batch.now))


def _schedule(batch: WorkingSet, item: Item, event: EvScheduleTold) -> Answer:
    charging = _charging(batch, item, event.evse_id)
    return StatusAnswer(cars.take_schedule(_station(item), event, charging, batch.now))


def _charging(batch: WorkingSet, item: Item, evse_id: int) -> Charging | None:
    """The newest session at the EVSE, those of this batch included."""
    running = batch.ledger.open_on(item.ref.id, evse_id)
    if not running:
        return None
    entry = running[-1]
    item.session_id = entry.id
    offered_at = entry.known.started_at if entry.known.has_charged else None
    return Charging(entry.id, entry.transaction_id, offered_at)


def _station(item: Item) -> Station:
    return Station.objects.get(pk=item.ref.id)


HANDLERS: Mapping[type[Event], Callable[[WorkingSet, Item, Any], Answer]] = {
    EvNeedsTold: _needs,
    EvScheduleTold: _schedule,
    LimitCleared: _unlimited,
    LimitNotified: _limited,
    ProfilesReported: _reported,
}
