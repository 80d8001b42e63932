"""Reads: commands of the actor's organisation, newest first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from apps.commands.models import OPEN, CommandRow, State
from apps.domain.command import Command, WhilePending
from apps.domain.commands import StartSession, declaration_of, names_confirmed
from apps.domain.confirmation import ByEvent, ByReport
from ocpp_platform.scope import Insider, scoped

FAILED = (
    State.REJECTED, State.ERROR, State.TIMED_OUT, State.FAILED, State.NOT_CONFIRMED,
    State.EXPIRED,
)  # fmt: skip
_REPORTING = names_confirmed(ByReport)
_ASKING = [
    name
    for name in (*_REPORTING, *names_confirmed(ByEvent))
    if declaration_of(name).while_pending is WhilePending.SETS_UP
]


@dataclass(frozen=True, slots=True)
class CommandFilter:
    """``state``: a State, or "open", or "failed". ``q``: part of a station or of an actor."""

    q: str = ""
    state: str = ""
    name: str = ""
    station_id: int | None = None


def list_commands(actor: Insider, filter_: CommandFilter | None = None) -> QuerySet[CommandRow]:
    wanted = filter_ or CommandFilter()
    commands = scoped(CommandRow, actor)
    if wanted.station_id is not None:
        commands = commands.filter(station_id=wanted.station_id)
    if wanted.name:
        commands = commands.filter(name=wanted.name)
    if wanted.state:
        commands = commands.filter(state__in=_states(wanted.state))
    if wanted.q:
        commands = commands.filter(Q(identity__icontains=wanted.q) | Q(actor__icontains=wanted.q))
    return commands.order_by("-created_at", "-id")


def looked_among(actor: Insider, wanted: CommandFilter) -> QuerySet[CommandRow] | None:
    """What must be looked through for the commands of a filter; None where an index finds them."""
    is_found = wanted.station_id is not None or not (wanted.q or (wanted.name and wanted.state))
    return None if is_found else list_commands(actor)


def list_named(actor: Insider, station_id: int, names: Collection[str]) -> QuerySet[CommandRow]:
    """The station's commands of these names, newest first."""
    return list_commands(actor, CommandFilter(station_id=station_id)).filter(name__in=names)


def get_command(actor: Insider, command_id: int) -> CommandRow:
    """The command, or CommandRow.DoesNotExist: also where it is somebody else's."""
    return list_commands(actor).get(pk=command_id)


def find_commands(actor: Insider, ids: list[int]) -> QuerySet[CommandRow]:
    return list_commands(actor).filter(pk__in=ids)


def list_of_session(
    actor: Insider, session_id: int, remote_start_id: int | None
) -> list[CommandRow]:
    """What was commanded about a session, its remote start included; oldest first."""
    about = Q(session_id=session_id)
    if remote_start_id is not None:
        about |= Q(pk=remote_start_id, name=StartSession.declared.name)
    return list(list_commands(actor).filter(about).order_by("created_at", "id")[:50])


def list_agreed(
    kind: type[Command], session_ids: Collection[int], states: Collection[str]
) -> list[tuple[int, datetime]]:
    """Session, and when its station answered a command of that kind; in ``states`` since."""
    rows = CommandRow.objects.filter(
        session_id__in=session_ids, name=kind.declared.name, state__in=states,
        answered_at__isnull=False,
    )  # fmt: skip
    found = rows.values_list("session_id", "answered_at")
    return [(session_id, at) for session_id, at in found if session_id and at]


def _states(word: str) -> tuple[str, ...]:
    return {"open": OPEN, "failed": FAILED}.get(word, (word,))


def list_asked(station_id: int, now: datetime) -> list[tuple[str, Any]]:
    """Calls of the last hour (action, payload) whose messages a station may still send.

    Questions whose message has come are not among them; a report may have more parts.
    """
    rows = CommandRow.objects.filter(
        station_id=station_id, sent_at__gt=now - timedelta(hours=1), name__in=_ASKING
    ).filter(Q(confirmed_at=None) | Q(name__in=_REPORTING))
    known = rows.exclude(state__in=(State.REJECTED, State.QUEUED)).order_by("id")
    return list(known.values_list("action", "request"))


def list_by_hand(station_ids: Collection[int]) -> QuerySet[CommandRow]:
    """What was sent to these stations word for word."""
    return CommandRow.objects.filter(station_id__in=station_ids, verbatim__isnull=False)


def is_due(now: datetime) -> Q:
    """What may be sent by now."""
    return Q(due_at=None) | Q(due_at__lte=now)


def find_numbered(station_id: int, number: int, name: str) -> CommandRow | None:
    """The newest command called ``name`` on which the station reports under ``number``."""
    by_number = Q(request_id=number) | Q(pk=number, request_id=None)
    rows = CommandRow.objects.filter(by_number, station_id=station_id, name=name)
    return rows.order_by("-pk").first()
