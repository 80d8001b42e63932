"""Writes: lists are filled in, sent message by message, and what stations answer is kept."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from apps.commands.models import CommandRow, State
from apps.commands.services import queue
from apps.domain.authorization import GetLocalListVersion, SendLocalList
from apps.domain.command import BadParameters, Command
from apps.domain.device import CustomerInformation
from apps.domain.events import CommandAnswered
from apps.lists import orders, plan
from apps.lists.models import Push, StationList
from apps.lists.plan import Entry, Update
from apps.lists.selectors import (
    limits_of,
    wanted_in,
)
from apps.live.announce import announce
from apps.stations.models import Station
from ocpp_platform import bulk

BY_US = "local lists"
_CHANGED = "What the station should hold has changed"
_FORGOTTEN = "The station shall forget this token"
_NO_SUCH_THING = frozenset({"NotSupported", "NotImplemented"})
_NOT_SUPPORTED = "-1"  # the version that a station of 1.6 without local lists tells (§5.10)


def complete(station: Station, command: Command, *, now: datetime) -> Command:
    """``command`` ready for the outbox: a list gets its version and its entries.

    Call it in the transaction that queues. Raises BadParameters.
    """
    if not isinstance(command, SendLocalList):
        return command
    with transaction.atomic():
        row = _locked(station.pk)
        if problems := list(orders.problems_of(command, row.version)):
            raise BadParameters(problems)
        if command.entries is None:
            update = _due(station, row, command, now)
        else:
            version = command.version or row.version + 1
            update = plan.Update(command.mode, version, orders.entries_of(command))
        return _begin(row, update, is_planned=command.entries is None)


def purpose_of(command: Command) -> str:
    """Of lists that say all that a station should hold the newest is enough."""
    is_planned = isinstance(command, SendLocalList) and command.is_planned
    return "local list" if is_planned else ""


def save_begun(rows: Collection[StationList]) -> None:
    """The messages of these are on their way."""
    with bulk.writes() as writes:
        facts = [(row.pk, row.version, str(row.push), row.fingerprint) for row in rows]
        writes.update(StationList, ("id", "version", "push", "fingerprint"), facts)
    lost = [row.pk for row in rows if row.held is None]
    StationList.objects.filter(pk__in=lost).update(held=None)


@transaction.atomic
def forget_token(
    station: Station, uid: str, kind: str, *, now: datetime, reason: str = _FORGOTTEN
) -> CommandRow | None:
    """Take a token out of the list of one station, and keep it out (N10.FR.02, N_46).

    The command that does so; None where the station does not hold it.
    """
    row = _locked(station.pk)
    name = plan.key(uid, kind)
    announce(station.organisation_id, f"station:{station.pk}")
    if name not in row.forgotten:
        row.forgotten = [*row.forgotten, name]
        row.save(update_fields=["forgotten"])
    if row.held is None or name not in row.held:
        return None
    entry = {"uid": uid.upper(), "type": kind, "remove": True}
    update = Update("differential", row.version + 1, (entry,))
    return _send(station, row, update, now, reason=reason, is_planned=False)


@transaction.atomic
def remember_token(station: Station, uid: str, kind: str) -> None:
    """Let a token that was taken out into the station's list again."""
    row = _locked(station.pk)
    row.forgotten = [name for name in row.forgotten if name != plan.key(uid, kind)]
    row.save(update_fields=["forgotten"])
    announce(station.organisation_id, f"station:{station.pk}")


def take_answer(command: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """A station has answered, or never will: what it holds now."""
    row = _locked(command.station_id)
    given = command.parameters
    row.push, row.answer, row.answered_at = Push.IDLE, event.detail[:255], now
    if event.status == "accepted":
        row.version = max(row.version, given["version"])
        _accepted(row, given["mode"], given["version"], given["entries"])
    elif event.status == "rejected":
        _refused(row, given["mode"], is_unsupported=is_unsupported(command))
    elif is_unsupported(command):
        row.is_supported, row.push = False, Push.FAILED
    else:
        row.push = Push.FAILED
        note_held(row, None)
    row.save()
    announce(command.organisation_id, f"station:{command.station_id}")


def is_unsupported(command: CommandRow) -> bool:
    """Whether the station answered that it has no local lists."""
    if command.state == State.REJECTED:
        return command.detail == "NotSupported"
    return command.error_code in _NO_SUCH_THING and bool(command.action)


def take_version(command: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """The station told its version; one that we did not give it means an unknown list."""
    if event.status != "accepted":
        return
    row = _locked(command.station_id)
    row.answer, row.answered_at = f"Version {event.detail}", now
    if event.detail == _NOT_SUPPORTED:
        row.is_supported, row.version_held = False, None
        note_held(row, None)
    elif event.detail.isdecimal():
        version = int(event.detail)
        row.is_supported = True
        if version != row.version_held or version == 0:
            note_held(row, None)
        row.version_held, row.version = version, max(row.version, version)
    row.save()
    announce(command.organisation_id, f"station:{command.station_id}")


def take_erased(command: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """What a station has forgotten of a customer leaves its local list too (N10.FR.02)."""
    given = command.parameters
    if event.status == "accepted" and given.get("clear") and given.get("token"):
        station = Station.objects.get(pk=command.station_id)
        forget_token(station, given["token"], given["token_type"], now=now)


def _due(station: Station, row: StationList, order: SendLocalList, now: datetime) -> Update:
    """The update that an order without entries means. Raises BadParameters."""
    limits = limits_of(station.pk)
    wanted = plan.within(wanted_in(station.organisation_id, now), limits, row.forgotten)
    if order.mode == "differential" and row.held is None:
        raise BadParameters(["it is not known what the station holds; send it a full list first"])
    held = None if order.mode == "full" else row.held
    base = order.version - 1 if order.version else row.version
    update = plan.next_update(held, wanted, base, limits)
    if update is None:
        raise BadParameters(
            ["the station holds what it should; a full list can be sent all the same"]
        )
    return update


def _send(
    station: Station,
    row: StationList,
    update: Update,
    now: datetime,
    *,
    reason: str = _CHANGED,
    is_planned: bool = True,
) -> CommandRow:
    return queue(
        organisation_id=station.organisation_id,
        station_id=station.pk,
        identity=station.identity,
        command=_begin(row, update, is_planned=is_planned),
        now=now,
        actor=BY_US,
        reason=reason,
    )


def _begin(row: StationList, update: Update, *, is_planned: bool) -> SendLocalList:
    command = order(row, update, is_planned=is_planned)
    row.save()
    return command


def order(row: StationList, update: Update, *, is_planned: bool) -> SendLocalList:
    row.version, row.push = max(row.version, update.version), Push.PUSHING
    entries = tuple(dict(entry) for entry in update.entries)
    return SendLocalList(update.mode, update.version, entries, is_planned=is_planned)


def _accepted(row: StationList, mode: str, version: int, entries: Iterable[Entry]) -> None:
    is_known = mode == "full" or row.held is not None
    note_held(row, plan.applied(row.held, mode, entries) if is_known else None)
    row.version_held, row.is_supported = version, True


def _refused(row: StationList, mode: str, *, is_unsupported: bool) -> None:
    """Nobody knows what it holds; a full list that was refused is shown as such."""
    note_held(row, None)
    if is_unsupported:
        row.is_supported, row.push = False, Push.FAILED
    elif mode == "full":
        row.push = Push.FAILED


def note_held(row: StationList, held: dict[str, str] | None) -> None:
    row.held, row.fingerprint = held, "" if held is None else plan.fingerprint(held)


def _locked(station_id: int) -> StationList:
    """The row of the station, made where there is none; call it in a transaction."""
    StationList.objects.get_or_create(station_id=station_id)
    return StationList.objects.select_for_update().get(station_id=station_id)


def locked_all(keys: Sequence[int]) -> dict[int, StationList]:
    StationList.objects.bulk_create(
        [StationList(station_id=key) for key in keys], ignore_conflicts=True
    )
    rows = StationList.objects.select_for_update().filter(station_id__in=keys)
    return {row.station_id: row for row in rows.order_by("pk")}


ANSWERED: Mapping[type[Command], Callable[..., None]] = {
    CustomerInformation: take_erased,
    GetLocalListVersion: take_version,
    SendLocalList: take_answer,
}
