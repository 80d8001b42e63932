"""What stations say of themselves: sockets, heartbeats, notices, passwords."""

from datetime import datetime

from apps.batch.items import Item
from apps.batch.parts import Batch, Result
from apps.commands.batch import OpenCommands
from apps.commands.happenings import Progressed, Replied
from apps.domain.answers import Answer, TimeAnswer
from apps.domain.events import (
    Event,
    FirmwareProgressed,
    HeartbeatReceived,
    LogProgressed,
    SecurityEventReported,
    StationConnected,
    StationDisconnected,
)
from apps.domain.passwords import PasswordOffered, PasswordRefused, PasswordTaken
from apps.domain.publishing import PublishProgressed
from apps.stations import readings
from apps.stations.batch import Stations
from apps.stations.clock import Clocks
from apps.stations.happenings import CameIn
from apps.stations.sharing import Sharing


def heard(batch: Batch, _item: Item, _event: HeartbeatReceived) -> Answer:
    return TimeAnswer(batch.now)


def connected(batch: Batch, item: Item, event: StationConnected) -> Answer:
    stations = batch.part(Stations)
    batch.part(Sharing).connected(item, event)
    stations.connected(item.ref, event, batch.now)
    if event.has_new_password:
        stations.password_shown(item.ref)
    batch.station_changed(item.ref)
    batch.follow(CameIn(item, event))
    return Answer()


def disconnected(batch: Batch, item: Item, event: StationDisconnected) -> Answer:
    if batch.told(StationConnected):
        batch.part(Sharing).disconnected(item, event)
    if batch.part(Stations).disconnected(item.ref, event, batch.now):
        batch.station_changed(item.ref)
    return Answer()


def secured(batch: Batch, item: Item, event: SecurityEventReported) -> Answer:
    notice(batch, item, "security", event.kind, event.tech_info, event.at)
    return Answer()


def notice(
    batch: Batch, item: Item, kind: str, title: str, detail: str = "", at: datetime | None = None
) -> None:
    """A line of the station's activity; ``at`` by its own clock, where it told."""
    batch.part(Stations).notice(item.ref, kind, title, at or batch.now, batch.now, detail)


def confirm(batch: Batch, item: Item, event: Event, _result: Result) -> None:
    """Every event may be the effect of a command that waits for it."""
    stations, commands = batch.part(Stations), batch.part(OpenCommands)
    signs = [event, *stations.changed_firmware(item.ref, event)]
    told = [commands.watch(item, sign, stations.shown) for sign in signs]
    if any(told):
        batch.follow(Progressed(item.ref))


def keep_clock(batch: Batch, item: Item, _event: Event, _result: Result) -> None:
    """Any live message may show how far its station's clock is off."""
    if item.clock is not None:
        batch.part(Clocks).judged(item.ref, item.clock)


def replied(batch: Batch, told: Replied) -> None:
    """Keep what the station reported of its device model, secrets masked."""
    readings.keep(told.item.ref.id, told.event.values, batch.now)


def _firmware(batch: Batch, item: Item, event: FirmwareProgressed) -> Answer:
    return _progress(batch, item, "firmware", event.status)


def _log(batch: Batch, item: Item, event: LogProgressed) -> Answer:
    return _progress(batch, item, "log", event.status)


def _progress(batch: Batch, item: Item, kind: str, status: str) -> Answer:
    """A step that is told again and again is one line."""
    if batch.part(Stations).progress(item.ref, f"{kind}_status", status):
        notice(batch, item, kind, status)
        batch.station_changed(item.ref)
    return Answer()


def _published(batch: Batch, item: Item, event: PublishProgressed) -> Answer:
    notice(batch, item, "firmware", f"Publishing: {event.status}", ", ".join(event.locations))
    batch.station_changed(item.ref)
    return Answer()


def _taken(batch: Batch, item: Item, event: PasswordTaken) -> Answer:
    batch.part(Stations).password_taken(item.ref, event.password)
    return Answer()


def _offered(batch: Batch, item: Item, event: PasswordOffered) -> Answer:
    batch.part(Stations).password_offered(item.ref, event.password)
    return Answer()


def _refused(batch: Batch, item: Item, _event: PasswordRefused) -> Answer:
    batch.part(Stations).password_refused(item.ref)
    return Answer()


RARE = {
    FirmwareProgressed: _firmware,
    LogProgressed: _log,
    PasswordOffered: _offered,
    PasswordRefused: _refused,
    PasswordTaken: _taken,
    PublishProgressed: _published,
    StationDisconnected: disconnected,
}
HOOKS = {Replied: replied}
