"""Writes: lists are filled in, sent step by step, and what stations answer is kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from apps.commands.models import CommandRow
from apps.commands.services import Intent, queue, queue_many
from apps.domain.authorization import GetLocalListVersion, SendLocalList
from apps.domain.command import BadParameters, Command
from apps.domain.device import CustomerInformation
from apps.domain.events import CommandAnswered
from apps.lists import orders, plan
from apps.lists.models import ListPolicy, Push, StationList
from apps.lists.plan import Entry, Step, Wanted
from apps.lists.selectors import (
    busy_stations,
    limits_of,
    limits_of_all,
    list_online,
    list_stale,
    wanted_in,
)
from apps.live.announce import announce
from apps.stations.models import Station
from ocpp_platform import bulk
from ocpp_platform.keyset import pages

BY_US = "local lists"
_PAGE_ROWS = 100  # each with as much of a list as one message takes
_CHANGED = "What the station should hold has changed"
_FORGOTTEN = "The station shall forget this token"
_FIRST_RETRY_S, _LONGEST_RETRY_S = 60, 3600
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
            step = _due(station, row, command, now)
        else:
            version = command.version or row.version + 1
            step = plan.Step(command.mode, version, orders.entries_of(command))
        return _begin(row, step, is_planned=command.entries is None)


def push(station: Station, *, now: datetime) -> CommandRow | None:
    """Send the next step of what is due; None where nothing is, or one is on its way."""
    wanted = wanted_in(station.organisation_id, now)
    return next(iter(_push([station], wanted, now)), None)


def keep(*, now: datetime) -> int:
    """Send stations that are online what they lack, where that is our task. Safe to run twice.

    How many were sent something. One that refused has its rest; one that has no local lists
    is left alone until somebody sends it one.
    """
    sent = 0
    for policy in ListPolicy.objects.filter(is_automatic=True):
        wanted = wanted_in(policy.organisation_id, now)
        online = list_online(policy.organisation_id, now)
        for page in pages(online, _PAGE_ROWS):
            stale = list_stale(page, wanted)
            sent += len(_push(stale, wanted, now)) if stale else 0
    return sent


@transaction.atomic
def _push(stations: Sequence[Station], wanted: Wanted, now: datetime) -> list[CommandRow]:
    """The next step of each that lacks something, and to which nothing is on its way."""
    keys = [station.pk for station in stations]
    rows, limits = _locked_all(keys), limits_of_all(keys)
    busy = busy_stations(keys)
    begun = []
    for station in stations:
        if station.pk not in busy:
            row = rows[station.pk]
            if row.push == Push.PUSHING:  # its answer was lost, so nobody knows what it did
                _note_held(row, None)
            mine = plan.within(wanted, limits[station.pk], row.forgotten)
            step = plan.next_step(row.held, mine, row.version, limits[station.pk])
            if step is not None:
                begun.append((station, row, _order(row, step, is_planned=True)))
    _save_begun([row for _station, row, _order in begun])
    intents = [
        Intent((station.organisation_id, station.pk, station.identity), order, _CHANGED)
        for station, _row, order in begun
    ]
    return queue_many(intents, now=now, actor=BY_US)


def _save_begun(rows: list[StationList]) -> None:
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
    step = Step("differential", row.version + 1, (entry,))
    return _send(station, row, step, now, reason=reason, is_planned=False)


@transaction.atomic
def remember_token(station: Station, uid: str, kind: str) -> None:
    """Let a token that was taken out into the station's list again."""
    row = _locked(station.pk)
    row.forgotten = [name for name in row.forgotten if name != plan.key(uid, kind)]
    row.save(update_fields=["forgotten"])
    announce(station.organisation_id, f"station:{station.pk}")


def take_answer(command: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """A station has answered, or never will: what it holds now, and what comes next."""
    row = _locked(command.station_id)
    order = command.parameters
    row.push, row.answer, row.answered_at = Push.IDLE, event.detail[:255], now
    if event.status == "accepted":
        row.version = max(row.version, order["version"])
        _accepted(row, order["mode"], order["version"], order["entries"])
    elif event.status == "rejected":
        _refused(row, order["mode"], event.detail, now)
    elif event.error_code in _NO_SUCH_THING and command.action:
        row.is_supported, row.push = False, Push.FAILED
    else:
        row.push = Push.FAILED
        _note_held(row, None)
        _rest(row, now)
    row.save()
    announce(command.organisation_id, f"station:{command.station_id}")
    goes_on = event.status == "accepted" and order["is_planned"]
    is_mended = event.status == "rejected" and row.push == Push.IDLE
    if goes_on or (is_mended and command.verbatim is None):
        push(Station.objects.get(pk=command.station_id), now=now)


def take_version(command: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """The station told its version; one that we did not give it means an unknown list."""
    if event.status != "accepted":
        return
    row = _locked(command.station_id)
    row.answer, row.answered_at = f"Version {event.detail}", now
    if event.detail == _NOT_SUPPORTED:
        row.is_supported, row.version_held = False, None
        _note_held(row, None)
    elif event.detail.isdecimal():
        version = int(event.detail)
        row.is_supported = True
        if version != row.version_held or version == 0:
            _note_held(row, None)
        row.version_held, row.version = version, max(row.version, version)
    row.save()
    announce(command.organisation_id, f"station:{command.station_id}")


def take_erased(command: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """What a station has forgotten of a customer leaves its local list too (N10.FR.02)."""
    given = command.parameters
    if event.status == "accepted" and given.get("clear") and given.get("token"):
        station = Station.objects.get(pk=command.station_id)
        forget_token(station, given["token"], given["token_type"], now=now)


def _due(station: Station, row: StationList, order: SendLocalList, now: datetime) -> Step:
    """The step that an order without entries means. Raises BadParameters."""
    limits = limits_of(station.pk)
    wanted = plan.within(wanted_in(station.organisation_id, now), limits, row.forgotten)
    if order.mode == "differential" and row.held is None:
        raise BadParameters(["it is not known what the station holds; send it a full list first"])
    held = None if order.mode == "full" else row.held
    base = order.version - 1 if order.version else row.version
    step = plan.next_step(held, wanted, base, limits)
    if step is None:
        raise BadParameters(
            ["the station holds what it should; a full list can be sent all the same"]
        )
    return step


def _send(
    station: Station,
    row: StationList,
    step: Step,
    now: datetime,
    *,
    reason: str = _CHANGED,
    is_planned: bool = True,
) -> CommandRow:
    return queue(
        organisation_id=station.organisation_id,
        station_id=station.pk,
        identity=station.identity,
        command=_begin(row, step, is_planned=is_planned),
        now=now,
        actor=BY_US,
        reason=reason,
    )


def _begin(row: StationList, step: Step, *, is_planned: bool) -> SendLocalList:
    order = _order(row, step, is_planned=is_planned)
    row.save()
    return order


def _order(row: StationList, step: Step, *, is_planned: bool) -> SendLocalList:
    row.version, row.push = max(row.version, step.version), Push.PUSHING
    entries = tuple(dict(entry) for entry in step.entries)
    return SendLocalList(step.mode, step.version, entries, is_planned=is_planned)


def _accepted(row: StationList, mode: str, version: int, entries: Iterable[Entry]) -> None:
    is_known = mode == "full" or row.held is not None
    _note_held(row, plan.applied(row.held, mode, entries) if is_known else None)
    row.version_held, row.is_supported = version, True
    row.failures, row.retry_at = 0, None


def _refused(row: StationList, mode: str, word: str, now: datetime) -> None:
    """A Differential that failed is followed by a Full; a Full that failed rests."""
    _note_held(row, None)
    if word == "NotSupported":
        row.is_supported, row.push = False, Push.FAILED
    elif mode == "full":
        row.push = Push.FAILED
        _rest(row, now)


def _rest(row: StationList, now: datetime) -> None:
    pause_s = min(_FIRST_RETRY_S * 2 ** min(row.failures, 10), _LONGEST_RETRY_S)
    row.failures, row.retry_at = row.failures + 1, now + timedelta(seconds=pause_s)


def _note_held(row: StationList, held: dict[str, str] | None) -> None:
    row.held, row.fingerprint = held, "" if held is None else plan.fingerprint(held)


def _locked(station_id: int) -> StationList:
    """The row of the station, made where there is none; call it in a transaction."""
    StationList.objects.get_or_create(station_id=station_id)
    return StationList.objects.select_for_update().get(station_id=station_id)


def _locked_all(keys: Sequence[int]) -> dict[int, StationList]:
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
