"""A newer command takes the place of an older one for the same purpose that was not sent."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, connections, transaction

from apps.accounts.models import Organisation, User
from apps.commands import services
from apps.commands.models import OPEN, CommandRow, State
from apps.commands.selectors import CommandFilter, list_commands
from apps.commands.services import Intent
from apps.dashboard.presenters.commands import command_life
from apps.domain.commands import ResetStation, SetVariables
from apps.history.models import Fact
from apps.stations.models import Station
from apps.stations.services import add_station
from tests.factories import OFFICE

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = {
    "component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"},
    "attributeValue": "correct-horse-battery",
}  # fmt: skip


def put(station: Station, purpose: str, command: Any = None) -> CommandRow:
    return services.queue(
        organisation_id=station.organisation_id, station_id=station.pk, identity=station.identity,
        command=command or ResetStation(), now=NOW, purpose=purpose,
    )  # fmt: skip


def claim(row: CommandRow) -> bool:
    return services.claim(row, connection_id="socket", now=NOW)


def states() -> list[str]:
    return list(CommandRow.objects.order_by("id").values_list("state", flat=True))


def test_only_what_waits_for_the_same_purpose_at_the_same_station_gives_way(
    station: Station, network: Organisation
) -> None:
    other = add_station(organisation=network, identity="CP2", now=NOW, actor=OFFICE)
    old = put(station, "limit")
    for whom, purpose in ((station, "list"), (other, "limit"), (station, ""), (station, "")):
        put(whom, purpose)
    new = put(station, "limit")
    assert states() == [State.SUPERSEDED, *[State.QUEUED] * 5]
    old.refresh_from_db()
    assert old.superseded_by == new.pk
    assert not claim(old)


def test_what_was_sent_goes_on(station: Station) -> None:
    sent = put(station, "limit")
    assert claim(sent)
    put(station, "limit")
    assert states() == [State.SENT, State.QUEUED]


@pytest.mark.parametrize(
    ("newer", "is_sent"),
    [(State.QUEUED, False), (State.SENT, False), (State.CONFIRMED, False), (State.EXPIRED, True)],
)
def test_of_two_queued_at_one_instant_the_older_is_not_sent_after_the_newer(
    station: Station, newer: str, is_sent: bool
) -> None:
    """Neither saw the other: the older was committed last."""
    old, other, new = put(station, "limit"), put(station, "list"), put(station, "limit")
    CommandRow.objects.filter(pk=old.pk).update(state=State.QUEUED, superseded_by=None)
    CommandRow.objects.filter(pk=new.pk).update(state=newer)
    assert claim(old) == is_sent
    assert states()[0] == (State.SENT if is_sent else State.SUPERSEDED)
    assert claim(other)


def test_it_is_a_fact_that_it_gave_way_but_not_of_what_nobody_asked_for(station: Station) -> None:
    whom = station.organisation_id, station.pk, station.identity
    asked = put(station, "limit")
    new = put(station, "limit")
    told = Fact.objects.get(kind="command superseded")
    assert (told.subject_id, told.station_id) == (asked.pk, station.pk)
    assert told.reason == f"Command {new.pk} took its place"
    for _ in range(2):
        intent = Intent(whom, ResetStation(), purpose="cost")
        services.queue_many([intent], now=NOW, is_unasked=True)
    assert states()[-2:] == [State.SUPERSEDED, State.QUEUED]
    assert Fact.objects.filter(kind="command superseded").count() == 1


def test_of_many_at_once_the_last_stays(station: Station) -> None:
    whom = station.organisation_id, station.pk, station.identity
    put(station, "limit")
    intents = [Intent(whom, ResetStation(), purpose="limit") for _ in range(3)]
    *_, last = services.queue_many(intents, now=NOW)
    assert states() == [*[State.SUPERSEDED] * 3, State.QUEUED]
    replaced = CommandRow.objects.filter(state=State.SUPERSEDED)
    assert set(replaced.values_list("superseded_by", flat=True)) == {last.pk}


def test_its_secrets_are_kept_no_longer(station: Station) -> None:
    put(station, "password", SetVariables((SECRET,)))
    put(station, "password", SetVariables((SECRET,)))
    old, new = (str(row.parameters) for row in CommandRow.objects.order_by("id"))
    assert SECRET["attributeValue"] not in old
    assert SECRET["attributeValue"] in new


def test_pages_and_filters_tell_it_truly(station: Station, network: Organisation) -> None:
    put(station, "limit")
    new = put(station, "limit")
    old = CommandRow.objects.get(state=State.SUPERSEDED)
    life = command_life(old)
    assert life.is_final
    assert life.steps[1].note == f"Command {new.pk} took its place"
    admin = User.objects.create(username="anna", organisation=network, role="admin")
    for word, expected in (("superseded", [old]), ("open", [new]), ("failed", [])):
        assert list(list_commands(admin, CommandFilter(state=word))) == expected


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_claimed_first", [True, False])
def test_whoever_holds_it_first_has_it_and_the_other_waits(is_claimed_first: bool) -> None:
    here = place()
    row = put(here, "limit")
    claims, newer = (lambda: claim(row)), (lambda: put(here, "limit"))
    first, then = (claims, newer) if is_claimed_first else (newer, claims)
    with transaction.atomic():
        first()
        second = beside(then)
        for _ in range(10_000):
            if waits_for_a_lock():
                break
    second.join()
    assert states() == [State.SENT if is_claimed_first else State.SUPERSEDED, State.QUEUED]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_gateways_and_newer_commands_at_one_instant_never_both_win() -> None:
    here, gate = place(), threading.Barrier(4)
    for turn in range(25):
        row = put(here, f"limit {turn}")
        won: list[bool] = []

        def at_once(act: Callable[[], Any], gate: threading.Barrier = gate) -> threading.Thread:
            return beside(lambda: (gate.wait(10), act()))

        def claims(row: CommandRow = row, won: list[bool] = won) -> None:
            won.append(claim(row))

        def newer(turn: int = turn) -> None:
            put(here, f"limit {turn}")

        for thread in [at_once(act) for act in (claims, claims, newer, newer)]:
            thread.join()
        row.refresh_from_db()
        assert sum(won) == (row.state == State.SENT)
        assert row.state in (State.SENT, State.SUPERSEDED)
        last = CommandRow.objects.filter(purpose=row.purpose).order_by("id").last()
        assert last.state in OPEN


def place() -> Station:
    network = Organisation.objects.create(name="Race")
    return add_station(organisation=network, identity="RACE1", now=NOW, actor=OFFICE)


def beside(act: Callable[[], Any]) -> threading.Thread:
    """Runs in a thread with a connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])
