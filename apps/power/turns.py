"""Writes: what is planned goes out at its turn, and what became of it is noted.

A push to an offline station waits in the outbox until it expires; what expired, or was refused,
is reported as a notice of the station. Stations are taken a page at a time, each page in its own
transaction; all of it is safe to run twice.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.commands.models import CommandRow, State
from apps.commands.services import Intent, queue_many
from apps.domain.command import BadParameters
from apps.domain.power import SetChargingProfile
from apps.domain.profiles import ChargingProfile, Reader, profile_json, read_profile
from apps.live.announce import announce, announce_all
from apps.power import calendar, selectors
from apps.power.models import Push, PushDelivery
from apps.power.rules import Facts
from apps.power.services import fitted, hold_numbers
from apps.stations.models import Station, StationNotice
from ocpp_platform import bulk
from ocpp_platform.keyset import pages

REFUSED = "refused"
_REACHED = (State.ACCEPTED, State.CONFIRMED)
_OPEN = (State.QUEUED, State.SENT)


def push_due(*, now: datetime) -> int:
    """Put what is due into the outbox; how many commands that were."""
    due = Push.objects.filter(due_at__lte=now)
    return sum(_take_turn(push, push.due_at, now) for page in pages(due) for push in page)


def report_outcomes(*, now: datetime) -> int:
    """Note what became of deliveries; a station that was not reached gets a notice."""
    over = CommandRow.objects.filter(pk=OuterRef("command_id")).exclude(state__in=_OPEN)
    settled = PushDelivery.objects.filter(Exists(over), outcome="").only("pk")
    return sum(_settle([delivery.pk for delivery in page], now) for page in pages(settled))


def _take_turn(push: Push, due_at: datetime | None, now: datetime) -> int:
    """The turn is over when all its stations have theirs; a station that is held comes later."""
    if due_at is None:
        return 0
    waiting = _waiting(push, due_at)
    queued = sum(_deliver(push, page, due_at, now) for page in pages(waiting))
    if not waiting.exists():
        following = calendar.next_due(due_at, push.every, push.timezone, now)
        Push.objects.filter(pk=push.pk, due_at=due_at).update(due_at=following)
        announce(push.organisation_id, "power")
    return queued


@transaction.atomic
def _deliver(push: Push, page: list[Station], due_at: datetime, now: datetime) -> int:
    free = hold_numbers([station.pk for station in page], skip_held=True)
    had = PushDelivery.objects.filter(push=push, due_at=due_at, station_id__in=free)
    free -= set(had.values_list("station_id", flat=True))
    stations = [station for station in page if station.pk in free]
    profile = calendar.dated(read_profile(push.profile, Reader()), due_at)
    told = _judged(push.evse_id, profile, stations)
    reason = f"Planned push: {push.name}"
    intents = [
        Intent((push.organisation_id, station.pk, station.identity), command, reason)
        for station, command in told
        if isinstance(command, SetChargingProfile)
    ]
    rows = queue_many(intents, now=now, actor=push.actor, expires_s=push.expires_s)
    by_station = {row.station_id: row.pk for row in rows}
    made = [
        PushDelivery(push=push, station=station, due_at=due_at, **_sent(by_station, station, said))
        for station, said in told
    ]
    PushDelivery.objects.bulk_create(made)
    _notice(((one, one.problem) for one in made if one.outcome == REFUSED), now)
    return len(rows)


def _judged(
    evse_id: int, profile: ChargingProfile, stations: list[Station]
) -> list[tuple[Station, SetChargingProfile | str]]:
    """For each the command as it can take it, or why it cannot."""
    facts = selectors.facts_of_many(stations)
    return [(station, _fitting(evse_id, profile, facts[station.pk])) for station in stations]


def _fitting(evse_id: int, profile: ChargingProfile, facts: Facts) -> SetChargingProfile | str:
    try:
        numbered = fitted(profile, evse_id, facts)
    except BadParameters as error:
        return "; ".join(error.problems)
    return SetChargingProfile(evse_id, profile_json(numbered))


def _sent(
    commands: dict[int, int], station: Station, said: SetChargingProfile | str
) -> dict[str, str | int]:
    if isinstance(said, str):
        return {"outcome": REFUSED, "problem": said}
    return {"command_id": commands[station.pk]}


@transaction.atomic
def _settle(keys: list[int], now: datetime) -> int:
    """Once: what another process settles just now is passed over."""
    rows = PushDelivery.objects.filter(pk__in=keys, outcome="").select_related("push")
    mine = list(rows.select_for_update(skip_locked=True, of=("self",)).order_by("pk"))
    commands = CommandRow.objects.in_bulk([one.command_id for one in mine if one.command_id])
    told = [(one, commands[one.command_id]) for one in mine if one.command_id in commands]
    with bulk.writes() as writes:
        outcomes = [(one.pk, str(row.state)) for one, row in told]
        writes.update(PushDelivery, ("id", "outcome"), outcomes)
    _notice(((one, _words(row)) for one, row in told if row.state not in _REACHED), now)
    return len(told)


def _words(row: CommandRow) -> str:
    if row.state == State.EXPIRED:
        return "It expired: the station was not there in time"
    return " ".join(filter(None, (row.get_state_display(), row.detail)))


def _notice(lost: Iterable[tuple[PushDelivery, str]], now: datetime) -> None:
    """Each delivery that did not reach its station, and why."""
    found = list(lost)
    StationNotice.objects.bulk_create(
        StationNotice(
            station_id=delivery.station_id,
            kind="power",
            title=f"Power push not taken: {delivery.push.name}"[:120],
            detail=why[:255],
            at=delivery.due_at,
            received_at=now,
        )
        for delivery, why in found
    )
    announce_all((d.push.organisation_id, f"station:{d.station_id}") for d, _why in found)


def _waiting(push: Push, due_at: datetime) -> QuerySet[Station]:
    """Whom the push is for, as far as they have not had this turn."""
    stations = Station.objects.filter(organisation_id=push.organisation_id)
    if push.station_id is not None:
        stations = stations.filter(pk=push.station_id)
    elif push.location_id is not None:
        stations = stations.filter(location_id=push.location_id)
    elif push.is_of_group:
        stations = stations.filter(pk__in=push.group.all())
    had = PushDelivery.objects.filter(push=push, station_id=OuterRef("pk"), due_at=due_at)
    return stations.filter(~Exists(had))
