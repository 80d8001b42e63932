"""What stations tell of themselves: parts of reports, events, and answers about monitors."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.commands.models import CommandRow
from apps.device import happenings, monitors, reports
from apps.device.assembly import Kind
from apps.device.reports import Part
from apps.domain.answers import Answer
from apps.domain.device import CustomerTold, MonitorsReported, VariableSet
from apps.domain.events import CommandAnswered, Event, NoticesReported, VariablesReported
from apps.ingest import display
from apps.ingest.items import Item
from apps.ingest.working_set import WorkingSet
from apps.journal.masking import masked
from apps.lists import services as lists
from apps.stations import readings
from apps.stations.models import Station


def answered(batch: WorkingSet, item: Item, row: CommandRow, event: CommandAnswered) -> None:
    """A command about the device model or its monitors has its answer."""
    for fact in event.facts:
        if isinstance(fact, VariableSet):
            readings.note_set(
                row.station_id, fact, actor=row.actor, command_id=row.pk, now=batch.now
            )
    monitors.answered(row, event, batch.now)
    reports.answered(row, event, batch.now)
    if row.name == "customer_information" and event.status == "accepted":
        _forget(batch, row)
    batch.station_changed(item.ref)


def noticed(batch: WorkingSet, item: Item, event: NoticesReported) -> None:
    """The entries of a NotifyEvent are kept, each once."""
    happenings.keep(item.ref.id, event, batch.now)
    batch.station_changed(item.ref)


def _forget(batch: WorkingSet, row: CommandRow) -> None:
    """What a station shall forget of a customer leaves its local list too (N10.FR.02)."""
    given = row.parameters
    if given.get("clear") and given.get("token"):
        station = Station.objects.get(pk=row.station_id)
        lists.forget_token(station, given["token"], given["token_type"], now=batch.now)


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
