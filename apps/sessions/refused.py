"""Messages about money that were not taken: the sessions that they may be about are marked."""

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.domain.answers import Answer
from apps.domain.form import MessageRefused
from apps.sessions.batch import Sessions
from apps.sessions.entry import Entry
from apps.sessions.marks import REFUSED_MESSAGE
from apps.stations.form_counts import FormCounts


def refused(batch: Batch, item: Item, event: MessageRefused) -> Answer:
    """The session that it names; else what runs on its EVSE, or anywhere at the station.

    It is no sign of life: a stop that is refused again and again keeps no session open.
    """
    batch.part(FormCounts).refused(item, event)
    for entry in _concerned(batch, item, event):
        entry.mark(REFUSED_MESSAGE)
        entry.is_dirty = True
        item.session_id = entry.id if event.transaction_id is not None else item.session_id
    return Answer()


def _concerned(batch: Batch, item: Item, event: MessageRefused) -> list[Entry]:
    sessions, station_id = batch.part(Sessions), item.ref.id
    if event.transaction_id is not None:
        named = sessions.find(station_id, event.transaction_id)
        if named is not None:
            return [named]
    return sessions.open_on(station_id, event.evse_id)
