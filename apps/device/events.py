"""What stations tell of themselves: parts of reports, events, and answers about monitors."""

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.commands.happenings import Answered, Progressed, by_class
from apps.device import happenings, monitors, reports
from apps.device.assembly import Kind
from apps.device.reports import Part
from apps.domain.answers import Answer
from apps.domain.device import CustomerTold, MonitorsReported, VariableSet
from apps.domain.events import EventsNotified, VariablesReported
from apps.journal.masking import masked
from apps.sessions.events import status_changed
from apps.stations import readings
from apps.stations.happenings import Described


def noticed(batch: Batch, item: Item, event: EventsNotified) -> Answer:
    """The entries of a NotifyEvent are kept, each once."""
    for status in event.statuses:
        status_changed(batch, item, status)
    happenings.keep(item.ref.id, event, batch.now)
    batch.station_changed(item.ref)
    return Answer()


def _variables(batch: Batch, item: Item, event: VariablesReported) -> Answer:
    names = {readings.key_of(value)[:-1] for value in event.values}
    part = Part(Kind.VARIABLES, event.request_id, event.seq, event.is_last, len(names))
    report = reports.take_part(item.ref.id, part, batch.now)
    readings.keep(item.ref.id, event.values, batch.now, report.pk)
    batch.follow(Described(item, event))
    return _settled(batch, item, report)


def _monitors(batch: Batch, item: Item, event: MonitorsReported) -> Answer:
    told = event.monitors
    part = Part(Kind.MONITORS, event.request_id, event.seq, event.is_last, len(told))
    report = reports.take_part(item.ref.id, part, batch.now)
    monitors.note_reported(item.ref.id, told, report.pk, batch.now)
    return _settled(batch, item, report)


def _customer(batch: Batch, item: Item, event: CustomerTold) -> Answer:
    text = masked(event.text)
    part = Part(Kind.CUSTOMER, event.request_id, event.seq, event.is_last, text=text)
    return _settled(batch, item, reports.take_part(item.ref.id, part, batch.now))


def _settled(batch: Batch, item: Item, report: reports.Report) -> Answer:
    reports.settle(report, batch.now)
    batch.follow(Progressed(item.ref))
    batch.station_changed(item.ref)
    return Answer()


RARE = {
    CustomerTold: _customer,
    MonitorsReported: _monitors,
    EventsNotified: noticed,
    VariablesReported: _variables,
}
HOOKS = {Answered: by_class(reports.ANSWERED, {VariableSet: reports.note_set, **monitors.FACTS})}
