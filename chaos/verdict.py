"""What the database holds against what stations and people were told. Figures, and whether they do.

Lost is what was acknowledged and is not there; doubled is what happened once and is there twice.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from apps.commands.models import CommandRow, State
from apps.journal.models import Message
from apps.sessions.models import Sample
from apps.sessions.models import Session as Kept
from chaos.people import Person
from chaos.stations import Station
from chaos.stories import Session

_TOLERANCE_WH = 0.001
DONE = {State.ACCEPTED, State.CONFIRMED, State.NOT_CONFIRMED}
OPEN = {State.QUEUED, State.SENT}


@dataclass(frozen=True)
class Figure:
    """``is_wrong``: that it is more than nothing fails the run."""

    name: str
    value: int
    is_wrong: bool = False


def judge(stations: list[Station], person: Person) -> list[Figure]:
    """Every figure of the comparison."""
    sessions = [session for station in stations for session in station.story.sessions]
    return [
        *_messages(stations),
        *_sessions(sessions),
        *_samples(sessions),
        *_orders(stations, person),
    ]


def is_settled() -> bool:
    """Whether every command has come to an end of some kind."""
    return not CommandRow.objects.filter(name="data_transfer", state__in=OPEN).exists()


def _messages(stations: list[Station]) -> Iterable[Figure]:
    told = {told.id for told in chain.from_iterable(s.acknowledged for s in stations)}
    kept = set(Message.objects.filter(direction="in").values_list("message_id", flat=True))
    yield Figure("messages acknowledged", len(told))
    yield Figure("messages sent again", sum(station.sent_again for station in stations))
    yield Figure("messages answered with an error", sum(s.refusals for s in stations))
    yield Figure("messages never acknowledged", sum(len(s.queue) for s in stations), is_wrong=True)
    yield Figure("messages lost", len(told - kept), is_wrong=True)


def _sessions(sessions: list[Session]) -> Iterable[Figure]:
    kept = {(row.station.identity, row.transaction_id): row for row in _kept()}
    pairs = [(one, kept.get((one.identity, one.transaction_id))) for one in sessions]
    wrong = [one for one, row in pairs if row is not None and not _is_same(one, row)]
    yield Figure("sessions compared", len(sessions))
    yield Figure("sessions lost", sum(row is None for _, row in pairs), is_wrong=True)
    yield Figure("sessions doubled", len(kept) - len(sessions), is_wrong=True)
    yield Figure("sessions with another energy or end", len(wrong), is_wrong=True)


def _is_same(told: Session, row: Kept) -> bool:
    is_over = (row.state == "ended", row.ended_at, row.is_estimated) == (True, told.ended_at, False)
    is_begun = row.has_start and row.started_at == told.began_at
    return is_over and is_begun and abs(row.energy_wh - told.energy_wh) < _TOLERANCE_WH


def _samples(sessions: list[Session]) -> Iterable[Figure]:
    """By station, instant and register: a session's number says nothing of its station."""
    where = {row.pk: row.station.identity for row in _kept()}
    rows = Sample.objects.values_list("session_id", "at", "register_wh")
    kept = Counter((where[session_id], at, wh) for session_id, at, wh in rows)
    told = Counter((one.identity, *reading) for one in sessions for reading in _readings(one))
    yield Figure("samples compared", told.total())
    yield Figure("samples lost", (told - kept).total(), is_wrong=True)
    yield Figure("samples doubled", (kept - told).total(), is_wrong=True)


def _readings(session: Session) -> Iterable[tuple[datetime, float | None]]:
    yield from session.readings


def _kept() -> Iterable[Kept]:
    return Kept.objects.select_related("station")


def _orders(stations: list[Station], person: Person) -> Iterable[Figure]:
    done = sum((station.carried_out for station in stations), Counter[str]())
    rows = list(CommandRow.objects.filter(name="data_transfer"))
    known = {row.pk for row in rows}
    said_done = [row.parameters["data"] for row in rows if row.state in DONE]
    yield Figure("commands given", person.asked)
    yield Figure("commands refused by the server", person.refused)
    yield Figure("commands promised", len(person.promised))
    yield Figure("commands carried out", len(done))
    yield Figure("commands answered as done", len(said_done))
    yield Figure(
        "commands whose outcome is not known", sum(r.state == State.TIMED_OUT for r in rows)
    )
    yield Figure("commands promised and lost", len(person.promised.keys() - known), is_wrong=True)
    yield Figure("commands without an end", sum(r.state in OPEN for r in rows), is_wrong=True)
    yield Figure(
        "commands said to be done and not", sum(n not in done for n in said_done), is_wrong=True
    )
    yield Figure("commands done twice", sum(times > 1 for times in done.values()), is_wrong=True)
