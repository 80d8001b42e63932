"""A call on which the link falls again and again is left out, and people see which."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.commands import answers, questions, services
from apps.commands.models import CommandRow
from apps.commands.poison import REMEMBERED, unbearable
from apps.commands.services import Intent
from apps.domain.commands import GetTransactionStatus, GetVariables
from apps.domain.events import CommandAnswered
from apps.domain.vocabulary import LINK_LOST
from apps.stations.models import Station
from tests import factories as make

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = GetVariables(({"variable": {"name": "MeterValuesSampledData"}},))
OTHER = GetVariables(({"variable": {"name": "HeartbeatInterval"}},))


def ask(station: Station, command: GetVariables = KEY, at: datetime = NOW) -> CommandRow | None:
    whom = (station.organisation_id, station.pk, station.identity)
    return questions.ask(whom, command, now=at, actor="a test", reason="It is due")


def ends(row: CommandRow | None, status: str, detail: str = "", at: datetime = NOW) -> None:
    assert row is not None
    services.claim(row, connection_id="c", now=at)
    answers.answer(CommandAnswered(row.pk, status, detail), now=at)


def falls(station: Station, times: int, command: GetVariables = KEY) -> None:
    for _ in range(times):
        ends(ask(station, command), "error", LINK_LOST)


def test_a_call_on_which_the_link_fell_twice_is_not_asked_again(station: Station) -> None:
    falls(station, 1)
    assert unbearable([station.pk], NOW) == {}
    falls(station, 1)
    assert ask(station) is None
    assert ask(station, OTHER) is not None
    another = make.station(station.location, "CP2", now=NOW)
    assert ask(another) is not None


@pytest.mark.parametrize("status", ["accepted", "rejected"])
def test_an_answer_takes_it_off_the_list(station: Station, status: str) -> None:
    falls(station, 1)
    ends(ask(station), status)
    falls(station, 1)
    ends(ask(station), "error", LINK_LOST)
    assert ask(station) is None
    by_hand = services.queue(
        organisation_id=station.organisation_id, station_id=station.pk,
        identity=station.identity, command=KEY, now=NOW, actor="Anna",
    )  # fmt: skip
    ends(by_hand, status)
    assert ask(station) is not None


def test_another_error_is_an_answer(station: Station) -> None:
    falls(station, 1)
    ends(ask(station), "error", "NotSupported")
    falls(station, 1)
    assert ask(station) is not None


def test_it_is_tried_again_after_a_month(station: Station) -> None:
    falls(station, 2)
    assert ask(station, at=NOW + REMEMBERED + timedelta(hours=1)) is not None


def test_many_are_asked_in_as_few_queries_as_one(station: Station) -> None:
    stations = [station, *(make.station(station.location, f"X{n}", now=NOW) for n in range(9))]
    for one in stations[::2]:
        falls(one, 2)

    def asked(some: list[Station]) -> tuple[int, int]:
        intents = [Intent((s.organisation_id, s.pk, s.identity), KEY) for s in some]
        with CaptureQueriesContext(connection) as found:
            count = questions.ask_many(intents, now=NOW, actor="a test")
        return count, len(found)

    _, of_two = asked(stations[:2])
    count, of_many = asked(stations[2:])
    assert count == 4
    assert of_many == of_two


def test_what_people_lose_the_link_on_is_theirs(station: Station) -> None:
    for _ in range(3):
        row = services.queue(
            organisation_id=station.organisation_id, station_id=station.pk,
            identity=station.identity, command=GetTransactionStatus("t"), now=NOW, actor="Anna",
        )  # fmt: skip
        ends(row, "error", LINK_LOST)
    assert unbearable([station.pk], NOW) == {}
