"""The comparison sees what is lost, what is wrong and what is there twice."""

import random
from datetime import timedelta
from functools import partial

import pytest

from apps.commands.models import CommandRow, State
from apps.domain.vocabulary import Protocol
from apps.journal.models import Message
from apps.sessions.models import Sample
from apps.sessions.models import Session as Kept
from chaos.people import Person
from chaos.stations import Station
from chaos.stories import take
from chaos.verdict import is_settled, judge
from tests import factories
from tests.factories import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return factories.cast()


@pytest.fixture
def told(cast: Cast) -> Station:
    """A station whose one session is over, acknowledged and kept as it was."""
    station = Station("CHAOS1", [], random.Random(1), is_16=True)
    for is_last in (False, False, True):
        message = station.story.next(is_last=is_last)
        assert message is not None
        take(message, {"transactionId": 7})
        station.acknowledged.append(message)
    _keep(cast, station)
    return station


@pytest.fixture
def person() -> Person:
    return Person(0, "", ["CHAOS1"], random.Random(1))


def _keep(cast: Cast, told: Station) -> None:
    of = factories.station(cast.location, told.identity, now=cast.now)
    session = told.story.sessions[0]
    kept = factories.session(of, started_at=session.began_at)
    Kept.objects.filter(pk=kept.pk).update(
        transaction_id=session.transaction_id, state="ended", ended_at=session.ended_at,
        energy_wh=session.energy_wh, has_start=True, protocol=Protocol.OCPP16,
    )  # fmt: skip
    Sample.objects.filter(session_id=kept.pk).delete()
    for at, wh in session.readings:
        Sample.objects.create(session_id=kept.pk, at=at, context="Other", register_wh=wh)
    for message in told.acknowledged:
        row = factories.message(of, message.action, {}, at=cast.now)
        Message.objects.filter(pk=row.pk).update(message_id=message.id)


def wrong(told: Station, person: Person) -> dict[str, int]:
    return {f.name: f.value for f in judge([told], person) if f.is_wrong and f.value}


def order(cast: Cast, number: str, state: State) -> CommandRow:
    of = factories.station(cast.location, f"OTHER{number}", now=cast.now)
    return factories.command(
        of, "data_transfer", at=cast.now, state=state, parameters={"data": number}
    )


def test_what_is_kept_as_it_was_told_is_right(told: Station, person: Person) -> None:
    assert wrong(told, person) == {}


def test_a_lost_message_is_seen(told: Station, person: Person) -> None:
    Message.objects.filter(message_id=told.acknowledged[1].id).delete()
    assert wrong(told, person) == {"messages lost": 1}


def test_another_energy_or_end_is_seen(told: Station, person: Person) -> None:
    kept = Kept.objects.all()
    for change in ({"energy_wh": 1.0}, {"has_start": False}, {"state": "charging"}):
        before = kept.values(*change).get()
        kept.update(**change)
        assert wrong(told, person) == {"sessions with another energy or end": 1}
        kept.update(**before)
    kept.update(ended_at=told.story.sessions[0].began_at + timedelta(days=1))
    assert wrong(told, person) == {"sessions with another energy or end": 1}


def test_lost_and_doubled_samples_and_sessions_are_seen(told: Station, person: Person) -> None:
    first = Sample.objects.order_by("at").first()
    assert first is not None
    Sample.objects.create(
        session_id=first.session_id, at=first.at, context="Trigger", register_wh=first.register_wh
    )
    assert wrong(told, person) == {"samples doubled": 1}
    Sample.objects.filter(at=first.at).delete()
    assert wrong(told, person) == {"samples lost": 1}
    Sample.objects.all().delete()
    told.story.sessions[0].readings.clear()
    assert Kept.objects.all().delete()[0] == 1
    told.story.sessions[0].readings.append((told.story.sessions[0].began_at, 0.0))
    assert wrong(told, person)["sessions lost"] == 1


def test_what_became_of_orders_is_seen(cast: Cast, told: Station, person: Person) -> None:
    give = partial(order, cast)
    done, lied, open_ = give("1", State.CONFIRMED), give("2", State.ACCEPTED), give("3", State.SENT)
    person.promised = {done.pk: "1", lied.pk: "2", open_.pk: "3", open_.pk + 99: "4"}
    told.carried_out.update({"1": 2, "3": 1})
    assert not is_settled()
    assert wrong(told, person) == {
        "commands promised and lost": 1,
        "commands without an end": 1,
        "commands said to be done and not": 1,
        "commands done twice": 1,
    }
