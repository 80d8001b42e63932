"""The limit of a start that its station took without it: sent once the session runs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from apps.commands.models import CommandRow, State
from apps.commands.services import queue
from apps.domain.command import BadParameters
from apps.domain.power import limiting
from apps.domain.ways import APART
from apps.power import selectors, services
from apps.stations.models import Station, StationNotice

_AFTER_ITS_ANSWER = timedelta(seconds=1)  # the station must know the transaction's number first


@dataclass(frozen=True, slots=True)
class Begun:
    """The session that a start began."""

    id: int
    transaction_id: str
    evse_id: int


def left_its_limit(row: CommandRow) -> bool:
    """Whether the station was started without the limit that the start was to bring."""
    return any(APART in one["ways"] for one in (row.tries or ())[-1:])


def list_begun(station_id: int, now: datetime) -> list[CommandRow]:
    """Starts without their limits whose sessions began at this moment."""
    rows = CommandRow.objects.filter(
        station_id=station_id, state=State.CONFIRMED, confirmed_at=now, tries__isnull=False
    )
    return [row for row in rows if left_its_limit(row)]


def send_limit(row: CommandRow, begun: Begun, now: datetime) -> CommandRow | None:
    """The limit by itself, for the session of the start; what cannot be sent is told."""
    station = Station.objects.get(pk=row.station_id)
    profile = selectors.profile_of(row.parameters["charging_profile"])
    profile = replace(profile, id=0, transaction_id=begun.transaction_id)
    running = {begun.transaction_id: begun.evse_id}
    try:
        command = services.prepare(station, limiting(begun.evse_id, profile), running)
    except BadParameters as error:
        _tell_lost(station, error.problems, now)
        return None
    return queue(
        organisation_id=row.organisation_id,
        station_id=row.station_id,
        identity=row.identity,
        command=command,
        now=now,
        actor=row.actor,
        reason=f"The limit of start {row.pk}, which was refused with it",
        session_id=begun.id,
        due_at=now + _AFTER_ITS_ANSWER,
    )


def _tell_lost(station: Station, problems: Iterable[str], now: datetime) -> None:
    StationNotice.objects.create(
        station=station,
        kind="power",
        title="The limit of a start was not sent",
        detail="; ".join(problems)[:255],
        at=now,
        received_at=now,
    )
