from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Actor
from apps.commands.abilities import refusal
from apps.commands.completion import Completed, complete
from apps.commands.models import CommandRow
from apps.commands.raw import meaning_of
from apps.commands.services import queue
from apps.control import manners
from apps.control.many import completed
from apps.device import services as device
from apps.domain import places
from apps.domain.command import check
from apps.domain.commands import BadParameters, Command, RawCall
from apps.history.kinds import COMMAND_GIVEN
from apps.history.services import record
from apps.lists import services as lists
from apps.reservations import services as reservations
from apps.sessions.selectors import find_session_id
from apps.stations.models import Station
from apps.stations.plan import plan_of


@transaction.atomic
def give(
    actor: Actor,
    station: Station,
    command: Command,
    *,
    reason: str = "",
    session_id: int | None = None,
) -> CommandRow:
    """Queue ``command`` and write down who wanted it; whether they may is for the caller.

    A raw call goes out letter by letter; what it means is followed like any other command.

    ``session_id``: the session that it is given for; without, the one whose transaction it
    names. BadParameters with each problem where the station could not take it.
    """
    now = timezone.now()
    verbatim = command if isinstance(command, RawCall) else None
    whole = _meant(station, verbatim) if verbatim else _fitted(station, command, now, actor)
    command = whole.command
    row = queue(
        organisation_id=station.organisation_id,
        station_id=station.pk,
        identity=station.identity,
        command=command,
        now=now,
        actor=actor.label,
        reason=reason,
        session_id=session_id or _session_of(actor, station, command),
        expires_s=None if verbatim else reservations.patience_s(command, now),
        verbatim=verbatim,
        upload=whole.upload,
        purpose=lists.purpose_of(command),
        due_at=None if verbatim else manners.not_before(station, command, now),
    )
    _note(actor, row, reason, now)
    return row


def _note(actor: Actor, row: CommandRow, reason: str, now: datetime) -> None:
    record(
        COMMAND_GIVEN,
        actor=actor,
        organisation_id=row.organisation_id,
        subject=(row.pk, row.name),
        station_id=row.station_id,
        session_id=row.session_id,
        reason=reason,
        details={"station": row.identity, "parameters": row.verbatim or row.parameters},
        now=now,
    )


def _meant(station: Station, verbatim: RawCall) -> Completed:
    return Completed(meaning_of(station.protocol, verbatim) or verbatim)


def _fitted(station: Station, command: Command, now: datetime, actor: Actor) -> Completed:
    """The command as this station can take it. A raw call is nobody's to change."""
    if not station.traits.can(type(command)):
        _check_words(station, command)
    _check_place(station, command)
    check(list(manners.address_problems(station, command)))
    command = completed(station, device.prepare(station, command), now=now)
    command = reservations.complete(station, command, now=now, actor=actor)
    whole = complete(
        command, organisation_id=station.organisation_id, station_id=station.pk, now=now
    )
    _check_words(station, whole.command)
    return whole


def _check_words(station: Station, command: Command) -> None:
    """BadParameters where the OCPP version of the station cannot say it."""
    if problem := refusal(station.protocol, command):
        raise BadParameters([problem])


def _check_place(station: Station, command: Command) -> None:
    """BadParameters where the station has no such EVSE or connector."""
    has_evses = station.traits.has_evses
    if found := list(places.problems(command, plan_of(station), has_evses=has_evses)):
        raise BadParameters(found)


def _session_of(actor: Actor, station: Station, command: Command) -> int | None:
    transaction_id = getattr(command, "transaction_id", "")
    return find_session_id(actor, station.pk, transaction_id) if transaction_id else None
