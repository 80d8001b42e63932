"""What is odd about the form of stations' messages, counted with one upsert a batch, or none."""

from typing import Any

from apps.batch.items import Item
from apps.batch.parts import Batch, Part
from apps.domain.form import MessageRefused
from apps.stations.models import FormCount
from ocpp_platform.bulk import Writes

_KEY = ("station_id", "action", "rule", "path", "firmware")
_COLUMNS = (*_KEY, "detail", "count", "first_at", "last_at")


class FormCounts(Part):
    """Counts messages: an odd member that comes twice in one of them is one."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._counted: dict[tuple[Any, ...], tuple[int, str]] = {}

    def excused(self, item: Item) -> None:
        """The message of ``item`` was read in spite of its form."""
        action = item.frame.action if item.frame else ""
        for excuse in item.excuses:
            self._count(item, action, excuse.rule, excuse.path, excuse.detail)

    def refused(self, item: Item, event: MessageRefused) -> None:
        """It was not taken."""
        self._count(item, event.action, event.rule)

    def flush(self, writes: Writes) -> None:
        now = self.batch.now
        rows = [
            (*key, detail, count, now, now)
            for key, (count, detail) in sorted(self._counted.items())
        ]
        writes.count_up(FormCount, _COLUMNS, _KEY, rows, kept=("first_at",))

    def _count(self, item: Item, action: str, rule: str, path: str = "", detail: str = "") -> None:
        key = (item.ref.id, action[:50], rule, path[:150], item.ref.firmware[:100])
        count, _ = self._counted.get(key, (0, ""))
        self._counted[key] = count + 1, detail
