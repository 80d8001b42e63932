"""What stations tell of themselves: parts of reports, events, and answers about monitors."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.device import happenings, monitors, reports
from apps.device.assembly import Kind
from apps.device.reports import Part
from apps.domain.answers import Answer
from apps.domain.device import CustomerTold, MonitorsReported
from apps.domain.events import Event, NoticesReported, VariablesReported
from apps.ingest import display
from apps.ingest.items import Item
from apps.ingest.working_set import WorkingSet
from apps.journal.masking import masked
from apps.stations import readings


def noticed(batch: WorkingSet, item: Item, event: NoticesReported) -> None:
    """The entries of a NotifyEvent are kept, each once."""
    happenings.keep(item.ref.id, event, batch.now)
    batch.station_changed(item.ref)


def _variables(batch: WorkingSet, item: Item, event: VariablesReported) -> Answer:
    names = {readings.key_of(value)[:-1] for value in event.values}
    part = Part(Kind.VARIABLES, event.request_id, event.seq, event.is_last, len(names))
    report = reports.take_part(item.ref.id, part, batch.now)
    readings.keep(item.ref.id, event.values, batch.now, report.pk)
    display.described(batch, item, event)
    return _settled(batch, item, report)


def _monitors(batch: WorkingSet, item: Item, event: MonitorsReported) -> Answer:
    told = event.monitors
    part = Part(Kind.MONITORS, event.request_id, event.seq, event.is_last, len(told))
    report = reports.take_part(item.ref.id, part, batch.now)
    monitors.note_reported(item.ref.id, told, report.pk, batch.now)
    return _settled(batch, item, report)


def _customer(batch: WorkingSet, item: Item, event: CustomerTold) -> Answer:
    text = masked(event.text)
    part = Part(Kind.CUSTOMER, event.request_id, event.seq, event.is_last, text=text)
    return _settled(batch, item, reports.take_part(item.ref.id, part, batch.now))


def _settled(batch: WorkingSet, item: Item, report: reports.Report) -> Answer:
    reports.settle(report, batch.now)
    batch.gate.answered(item.ref)
    batch.station_changed(item.ref)
    return Answer()


HANDLERS: Mapping[type[Event], Callable[[WorkingSet, Item, Any], Answer]] = {
    CustomerTold: _customer,
    MonitorsReported: _monitors,
    VariablesReported: _variables,
}
