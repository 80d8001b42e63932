"""Messages that fit no session: kept once, for somebody to judge."""

from apps.batch.items import Item
from apps.batch.parts import Batch, Part
from apps.domain.answers import Answer
from apps.domain.form import Unreadable
from apps.sessions.models import ParkedEvent
from ocpp_platform.bulk import Writes

_COLUMNS = ("organisation_id", "station_id", "received_at", "action", "why", "payload")


class Parked(Part):
    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._rows: dict[tuple[int, str, str], tuple[object, ...]] = {}

    def park(self, item: Item, why: str) -> None:
        """Keep the frame of ``item``, and why with it; the same message again is no news."""
        if item.frame is None:
            return
        item.note(f"Parked. {why}")
        ref, action, payload = item.ref, item.frame.action[:50], item.frame.payload
        row = (ref.organisation_id, ref.id, self.batch.now, action, why, payload)
        self._rows.setdefault((ref.id, action, payload), row)

    def flush(self, writes: Writes) -> None:
        if not self._rows:
            return
        stations, actions, payloads = (set(part) for part in zip(*self._rows, strict=True))
        same = ParkedEvent.objects.filter(
            station_id__in=stations, action__in=actions, payload__in=payloads
        )
        known = set(same.values_list("station_id", "action", "payload"))
        news = [row for key, row in self._rows.items() if key not in known]
        writes.insert(ParkedEvent, _COLUMNS, news)


def unreadable(batch: Batch, item: Item, event: Unreadable) -> Answer:
    """Nothing can be made of it: acknowledged, and if money hangs on it kept for a person."""
    if event.is_about_money:
        batch.part(Parked).park(item, "Nothing can be made of it")
    return Answer()
