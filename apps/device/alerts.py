"""An alert and what ended it, as one line. Pure: events in, lines out, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.device.models import DeviceEvent

ALERTING = "Alerting"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """``clearing``: the event that said that it is over."""

    event: "DeviceEvent"
    clearing: "DeviceEvent | None" = None

    @property
    def is_open(self) -> bool:
        """Whether it still alarms, as far as anybody told."""
        is_alert = self.event.trigger == ALERTING and not self.event.is_cleared
        return is_alert and self.clearing is None


def joined(events: "Iterable[DeviceEvent]") -> list[Occurrence]:
    """Each clearing beside the alerts of its monitor that it ends.

    One whose alert is not among ``events`` stands for itself.
    """
    lines: list[Occurrence] = []
    waiting: dict[tuple[object, ...], list[int]] = {}
    for event in sorted(events, key=_order):
        open_lines = waiting.setdefault(_what(event), [])
        if event.is_cleared and open_lines:
            for index in open_lines:
                lines[index] = Occurrence(lines[index].event, event)
            open_lines.clear()
            continue
        if event.trigger == ALERTING and not event.is_cleared:
            open_lines.append(len(lines))
        lines.append(Occurrence(event))
    return lines[::-1]


def _order(event: "DeviceEvent") -> tuple[object, ...]:
    """In the order of their happening; of one instant, an alert before its clearing."""
    return event.at, event.is_cleared, event.event_id


def _what(event: "DeviceEvent") -> tuple[object, ...]:
    place = (event.component, event.variable, event.evse_id, event.connector_id)
    return (*place, event.monitor_number)
