"""One event, one handler: what it means for stations, sessions, tokens and commands.

Each gets the batch and the item, changes only the batch's memory, and returns the answer, or
a function that gives it once the batch is settled.
"""

from collections.abc import Callable, Mapping
from typing import Any

from apps.commands import answers
from apps.domain import events, passwords
from apps.domain.answers import Answer, TimeAnswer, TokenAnswer
from apps.domain.events import Event
from apps.domain.vocabulary import BootStatus
from apps.ingest import (
    answered,
    device,
    display,
    holdings,
    pki,
    power,
    prices,
    publishing,
    transactions,
    transfers,
)
from apps.ingest.items import Item
from apps.ingest.working_set import WorkingSet
from apps.sessions.ledger import is_of_session

Result = Answer | Callable[[], Answer]
Handler = Callable[[WorkingSet, Item, Any], Result]


def handle(batch: WorkingSet, item: Item, event: Event) -> Result:
    """Apply ``event`` and say what to answer; an unknown kind is acknowledged."""
    handler = _HANDLERS.get(type(event))
    result = handler(batch, item, event) if handler else Answer()
    transfers.keep(batch, item, result)
    if batch.followup.watch(item.ref.id, event, batch.now, batch.yard.shown):
        batch.gate.answered(item.ref)
    return result


def _booted(batch: WorkingSet, item: Item, event: events.StationBooted) -> Answer:
    batch.station_changed(item.ref)
    is_unread = batch.yard.is_unread(item.ref, event)
    status = batch.gate.decide(item.ref, *batch.yard.standing(item.ref))
    interval_s = batch.gate.interval_s(item.ref, status)
    answer = batch.yard.boot(item.ref, event, batch.now, status, interval_s)
    if is_unread and answer.status is BootStatus.ACCEPTED and item.may_be_read:
        batch.read_everything(item.ref)
    if answer.status is BootStatus.ACCEPTED and item.may_be_read:
        batch.read_profiles(item.ref, item.traits)
    return answer


def _heartbeat(batch: WorkingSet, _item: Item, _event: events.HeartbeatReceived) -> Answer:
    return TimeAnswer(batch.now)


def _connected(batch: WorkingSet, item: Item, event: events.StationConnected) -> Answer:
    batch.yard.connected(item.ref, event, batch.now)
    if event.has_new_password:
        batch.yard.password_shown(item.ref)
    batch.station_changed(item.ref)
    pki.connected(batch, item, event)
    transactions.ask_after_reconnect(batch, item)
    return Answer()


def _disconnected(batch: WorkingSet, item: Item, event: events.StationDisconnected) -> Answer:
    if batch.yard.disconnected(item.ref, event, batch.now):
        batch.station_changed(item.ref)
    return Answer()


def _status(batch: WorkingSet, item: Item, event: events.ConnectorStatusChanged) -> Answer:
    is_early = is_of_session(event.status) and not batch.ledger.open_on(item.ref.id, event.evse_id)
    batch.yard.status(item.ref, event, batch.now, is_kept=is_early)
    batch.ledger.take_status(item.ref, event.evse_id, event.status, event.at)
    batch.station_changed(item.ref)
    return Answer()


def _notices(batch: WorkingSet, item: Item, event: events.NoticesReported) -> Answer:
    for status in event.statuses:
        _status(batch, item, status)
    device.noticed(batch, item, event)
    return Answer()


def _token(batch: WorkingSet, item: Item, event: events.TokenPresented) -> TokenAnswer:
    organisation_id = item.ref.organisation_id
    verdict = batch.desk.decide(organisation_id, event.token, batch.now)
    batch.desk.note(organisation_id, item.ref.id, event.token, verdict, batch.now)
    return prices.here(batch, item, verdict.answer)


def _firmware(batch: WorkingSet, item: Item, event: events.FirmwareProgressed) -> Answer:
    batch.yard.progress(item.ref, "firmware_status", event.status)
    batch.yard.notice(item.ref, "firmware", event.status, batch.now, batch.now)
    batch.station_changed(item.ref)
    return Answer()


def _log(batch: WorkingSet, item: Item, event: events.LogProgressed) -> Answer:
    batch.yard.progress(item.ref, "log_status", event.status)
    batch.yard.notice(item.ref, "log", event.status, batch.now, batch.now)
    batch.station_changed(item.ref)
    return Answer()


def _security(batch: WorkingSet, item: Item, event: events.SecurityEventReported) -> Answer:
    batch.yard.notice(item.ref, "security", event.kind, event.at, batch.now, event.tech_info)
    return Answer()


def _answered(batch: WorkingSet, item: Item, event: events.CommandAnswered) -> Answer:
    row = answers.answer(event, now=batch.now)
    batch.gate.answered(item.ref)
    batch.yard.variables(item.ref, event.values, batch.now)
    if row is not None:
        answered.take(batch, item, event, row)
    return Answer()


def _password(batch: WorkingSet, item: Item, event: passwords.PasswordTaken) -> Answer:
    batch.yard.password_taken(item.ref, event.password)
    return Answer()


def _offered(batch: WorkingSet, item: Item, event: passwords.PasswordOffered) -> Answer:
    batch.yard.password_offered(item.ref, event.password)
    return Answer()


def _refused(batch: WorkingSet, item: Item, _event: passwords.PasswordRefused) -> Answer:
    batch.yard.password_refused(item.ref)
    return Answer()


_HANDLERS: Mapping[type[Event], Handler] = {
    events.StationBooted: _booted,
    events.HeartbeatReceived: _heartbeat,
    events.StationConnected: _connected,
    events.StationDisconnected: _disconnected,
    events.ConnectorStatusChanged: _status,
    events.NoticesReported: _notices,
    events.TokenPresented: _token,
    events.SessionStarted: transactions.started,
    events.SessionUpdated: transactions.updated,
    events.SessionEnded: transactions.ended,
    events.SamplesTaken: transactions.sampled,
    events.FirmwareProgressed: _firmware,
    events.LogProgressed: _log,
    events.SecurityEventReported: _security,
    events.DataTransferred: transfers.told,
    events.CommandAnswered: _answered,
    passwords.PasswordOffered: _offered,
    passwords.PasswordRefused: _refused,
    passwords.PasswordTaken: _password,
    **power.HANDLERS,
    **holdings.HANDLERS,
    **pki.HANDLERS,
    **display.HANDLERS,
    **publishing.HANDLERS,
    **device.HANDLERS,
}
