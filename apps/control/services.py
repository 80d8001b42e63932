from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Actor
from apps.accounts.services import audit
from apps.commands.models import CommandRow
from apps.commands.raw import meaning_of
from apps.commands.services import queue
from apps.domain.commands import NAMES, BadParameters, Command, RawCall
from apps.journal.masking import masked
from apps.lists import services as lists
from apps.power import services as power
from apps.reservations import services as reservations
from apps.sessions.selectors import find_session_id
from apps.stations.models import Station


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
    label = getattr(actor, "label", "")
    verbatim = command if isinstance(command, RawCall) else None
    if verbatim is None:
        command = _fitted(station, command, now, label)
    else:
        command = meaning_of(station.protocol, verbatim) or verbatim
    row = queue(
        organisation_id=station.organisation_id,
        station_id=station.pk,
        identity=station.identity,
        command=command,
        now=now,
        actor=label,
        reason=reason,
        session_id=session_id or _session_of(actor, station, command),
        expires_s=None if verbatim else reservations.patience_s(command, now),
        verbatim=None if command is verbatim else verbatim,
    )
    details = {"command": row.pk, "parameters": masked(row.verbatim or row.parameters)}
    audit(
        actor=actor, action=row.name, target=station.identity, reason=reason, details=details,
        now=now,
    )  # fmt: skip
    return row


def _fitted(station: Station, command: Command, now: datetime, actor: str) -> Command:
    """The command as this station can take it. A raw call is nobody's to change."""
    check_known(station, command)
    command = power.prepare(station, command)
    command = lists.complete(station, command, now=now)
    return reservations.complete(station, command, now=now, actor=actor)


def check_known(station: Station, command: Command) -> None:
    """BadParameters where the OCPP version of the station has no words for the command."""
    if not station.traits.can(type(command)):
        what = NAMES[type(command)].replace("_", " ")
        label = station.traits.label
        raise BadParameters([f"{station.identity} speaks {label}, which has no {what!r}"])


def _session_of(actor: Actor, station: Station, command: Command) -> int | None:
    transaction_id = getattr(command, "transaction_id", "")
    return find_session_id(actor, station.pk, transaction_id) if transaction_id else None
