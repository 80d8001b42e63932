"""What stations tell of their displays."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.display import services
from apps.display.selectors import CONTROLLER
from apps.domain.answers import Answer
from apps.domain.display import DisplayReported
from apps.domain.events import Event, VariablesReported
from apps.ingest.items import Item
from apps.ingest.working_set import WorkingSet


def described(batch: WorkingSet, item: Item, event: VariablesReported) -> None:
    """A station that tells what its display can do is asked what it shows."""
    has_display = any(
        (value.component, value.variable) == (CONTROLLER, "SupportedFormats")
        for value in event.values
    )
    if has_display:
        services.read((item.ref.organisation_id, item.ref.id, item.ref.identity), batch.now)


def _reported(batch: WorkingSet, item: Item, event: DisplayReported) -> Answer:
    services.take_report(item.ref.organisation_id, item.ref.id, event, batch.now)
    return Answer()


HANDLERS: Mapping[type[Event], Callable[[WorkingSet, Item, Any], Answer]] = {
    DisplayReported: _reported,
}
