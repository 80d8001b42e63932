"""Whole sessions of hours that a station tells at once, after the fact, by clocks that go wrong.

Ten kWh in 115 minutes, read every ten; all of it is heard within a second, five minutes later.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Sample, Session
from tests.sessions.story import Teller

HEARD_AT = datetime(2026, 11, 20, 14, tzinfo=UTC)
BEGAN_AT = HEARD_AT - timedelta(minutes=120)
TOOK, TEN, HOUR = timedelta(minutes=115), timedelta(minutes=10), timedelta(hours=1)
BOTH = [Protocol.OCPP16, Protocol.OCPP201]
READINGS = [100_000 + 900 * number for number in range(1, 12)]
STOP = 12  # the number of the last message
Clock = Callable[[datetime, int], datetime]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("card", "tariff"),
]


def stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def told(
    network: Organisation, protocol: Protocol, clock: Clock, begin_wh: float = 100_000
) -> Session:
    charger, heard = Teller(network, "CP1", protocol), HEARD_AT
    charger.start(stamp(clock(BEGAN_AT, 0)), begin_wh, heard)
    for number, wh in enumerate(READINGS, 1):
        heard += timedelta(milliseconds=50)
        charger.read(stamp(clock(BEGAN_AT + number * TEN, number)), wh, heard)
    charger.stop(stamp(clock(BEGAN_AT + TOOK, STOP)), 110_000, heard)
    return charger.session


def length(session: Session) -> timedelta:
    assert session.ended_at is not None
    return session.ended_at - session.started_at


def set_back(at: datetime, number: int) -> datetime:
    return at - HOUR if number >= 6 else at


def was_ahead(at: datetime, number: int) -> datetime:
    return at + HOUR if number < 6 else at


def back_and_forth(at: datetime, number: int) -> datetime:
    return at + HOUR if 4 <= number < 8 else at


def stops(at: datetime, number: int) -> datetime:
    return min(at, BEGAN_AT + HOUR)


def begins_in_1970(at: datetime, number: int) -> datetime:
    return at if number else datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("protocol", BOTH)
@pytest.mark.parametrize("clock", [set_back, was_ahead, back_and_forth, stops, begins_in_1970])
def test_a_clock_that_goes_wrong_in_the_middle_costs_no_energy_and_no_time(
    network: Organisation, protocol: Protocol, clock: Clock
) -> None:
    session = told(network, protocol, clock)
    assert session.energy_wh == 10_000
    assert abs(length(session) - TOOK) <= TEN
    assert "clock" in session.flags.split()
    assert Sample.objects.filter(session_id=session.pk).count() == STOP + 1


@pytest.mark.parametrize("protocol", BOTH)
def test_a_clock_that_stands_still_throughout_leaves_the_energy_and_a_mark(
    network: Organisation, protocol: Protocol
) -> None:
    session = told(network, protocol, lambda at, number: BEGAN_AT)
    assert session.energy_wh == 10_000
    assert length(session) == pytest.approx(timedelta(hours=10_000 / 11_000), abs=TEN)
    assert "clock" in session.flags.split()


@pytest.mark.parametrize("protocol", BOTH)
def test_a_begin_that_shows_too_much_is_no_clock_that_was_set(
    network: Organisation, protocol: Protocol
) -> None:
    session = told(network, protocol, lambda at, number: at, begin_wh=103_000)
    assert (session.started_at, length(session)) == (BEGAN_AT, TOOK)
    assert session.flags == "implausible_reading"


@pytest.mark.parametrize("protocol", BOTH)
def test_what_is_told_again_is_the_same_reading(network: Organisation, protocol: Protocol) -> None:
    charger = Teller(network, "CP1", protocol)
    charger.start(stamp(BEGAN_AT), 1_000, BEGAN_AT)
    at, heard = BEGAN_AT + TEN, BEGAN_AT + TEN
    for wh in (1_900, 1_900.0, 2_800, 1_900, 2_800):
        charger.read(stamp(at), wh, heard)
    shown = Sample.objects.filter(session_id=charger.session.pk).order_by("at")
    assert list(shown.values_list("register_wh", flat=True)) == [1_000, 1_900, 2_800]


def test_an_end_is_one_whatever_else_is_told_with_it(network: Organisation) -> None:
    charger = Teller(network, "CP1", Protocol.OCPP16)
    charger.start(stamp(BEGAN_AT), 1_000, BEGAN_AT)
    at, until = BEGAN_AT + TEN, BEGAN_AT + 2 * TEN
    charger.read(stamp(at), 1_900, at)
    told = [(at, 2_000, "Sample.Periodic"), (until, 2_700, "Transaction.End")]
    charger.stop(stamp(until), 2_800, until, transactionData=[
        {"timestamp": stamp(when), "sampledValue": [{"value": str(wh), "context": context}]}
        for when, wh, context in told
    ])  # fmt: skip
    rows = Sample.objects.filter(session_id=charger.session.pk, context="Transaction.End")
    assert [row.register_wh for row in rows] == [2_800]


Event = tuple[str, str, int, int, int, float]  # kind, transaction, seq, minute, EVSE, Wh


def events(network: Organisation, *those: Event) -> list[Session]:
    charger = Teller(network, "CP1", Protocol.OCPP201)
    for kind, name, seq, minute, evse_id, wh in those:
        at = stamp(BEGAN_AT + timedelta(minutes=minute))
        told = {"timestamp": at, "sampledValue": [{"value": wh}]}
        charger.tell("TransactionEvent", {
            "eventType": kind, "timestamp": at, "seqNo": seq, "triggerReason": "Trigger",
            "transactionInfo": {"transactionId": name}, "evse": {"id": evse_id, "connectorId": 1},
            "meterValue": [told], "idToken": {"idToken": "AB12", "type": "ISO14443"},
        }, HEARD_AT)  # fmt: skip
    return list(Session.objects.order_by("started_at"))


def minute(session: Session, at: datetime | None) -> float:
    return -1 if at is None else (at - BEGAN_AT).total_seconds() / 60


def shown(session: Session) -> tuple[float, float, int | None, float, str]:
    times = minute(session, session.started_at), minute(session, session.ended_at)
    return *times, session.evse_id, session.energy_wh, session.flags


def test_two_at_once_on_one_evse_keep_their_own_times_and_registers(network: Organisation) -> None:
    first, second = events(
        network,
        ("Started", "A", 0, 60, 1, 1_000), ("Started", "B", 0, 80, 1, 3_000),
        ("Ended", "A", 1, 100, 1, 5_000), ("Ended", "B", 1, 110, 1, 6_000),
    )  # fmt: skip
    assert shown(first) == (60, 100, 1, 4_000, "")
    assert shown(second) == (80, 110, 1, 3_000, "")


def test_a_name_that_runs_on_two_evses_is_two_sessions(network: Organisation) -> None:
    first, second = events(
        network,
        ("Started", "T", 0, 20, 1, 1_000), ("Started", "T", 0, 60, 2, 500_000),
        ("Ended", "T", 1, 90, 2, 505_000), ("Ended", "T", 1, 100, 1, 9_000),
    )  # fmt: skip
    assert shown(first) == (20, 100, 1, 8_000, "")
    assert shown(second) == (60, 90, 2, 5_000, "")


TWO: list[list[Event]] = [
    [("Started", "T", 0, 20, 1, 51_000), ("Ended", "T", 1, 80, 1, 56_000),
     ("Started", "T", 0, 20, 2, 900), ("Ended", "T", 1, 80, 2, 2_000)],
    [("Started", "T", 0, 20, 1, 51_000), ("Started", "T", 0, 20, 2, 900),
     ("Ended", "T", 1, 80, 2, 2_000), ("Ended", "T", 1, 80, 1, 56_000)],
    [("Started", "T", 0, 20, 1, 51_000), ("Updated", "T", 1, 30, 2, 900),
     ("Updated", "T", 1, 30, 1, 52_000), ("Started", "T", 0, 20, 2, 900),
     ("Ended", "T", 2, 80, 2, 2_000), ("Ended", "T", 2, 80, 1, 56_000)],
    [("Started", "T", 0, 20, 2, 900), ("Ended", "T", 1, 80, 2, 2_000),
     ("Ended", "T", 1, 80, 1, 56_000), ("Started", "T", 0, 20, 1, 51_000)],
]  # fmt: skip


@pytest.mark.parametrize("told", TWO)
def test_a_name_at_two_evses_at_one_time_is_two_sessions_in_whatever_order(
    network: Organisation, told: list[Event]
) -> None:
    first, second = sorted(events(network, *told), key=lambda session: session.evse_id)
    assert shown(first) == (20, 80, 1, 5_000, "")
    assert shown(second) == (20, 80, 2, 1_100, "")


def test_a_start_that_is_sent_again_for_another_evse_is_the_same(network: Organisation) -> None:
    (session,) = events(
        network,
        ("Started", "T", 0, 20, 1, 51_000), ("Started", "T", 0, 20, 2, 51_000),
        ("Updated", "T", 1, 50, 2, 54_000), ("Updated", "T", 1, 50, 2, 54_000),
        ("Ended", "T", 2, 80, 1, 56_000),
    )  # fmt: skip
    assert shown(session) == (20, 80, 1, 5_000, "two_evses")


def test_a_reading_after_the_end_says_nothing_of_the_clock(network: Organisation) -> None:
    (session,) = events(
        network,
        ("Started", "T", 0, 60, 1, 1_000), ("Ended", "T", 1, 110, 1, 6_000),
        ("Updated", "T", 2, 117, 1, 8_000),
    )  # fmt: skip
    assert shown(session) == (60, 110, 1, 5_000, "")


@pytest.mark.parametrize("protocol", BOTH)
def test_a_clock_that_what_comes_later_clears_is_marked_no_more(
    network: Organisation, protocol: Protocol
) -> None:
    """A pause of which nothing was told at first looks as if the clock had been set forth."""
    charger = Teller(network, "CP1", protocol)
    charger.start(stamp(BEGAN_AT), 100_000, HEARD_AT)
    for number in (1, 2, 3, 4, 11):
        wh = 100_000 + 900 * min(number, 5)
        charger.read(stamp(BEGAN_AT + number * TEN), wh, HEARD_AT)
    charger.stop(stamp(BEGAN_AT + TOOK), 104_500, HEARD_AT)
    assert charger.session.flags == "clock"
    for number in range(5, 11):
        charger.read(stamp(BEGAN_AT + number * TEN), 104_500, HEARD_AT)
    session = charger.session
    assert (session.started_at, length(session), session.flags) == (BEGAN_AT, TOOK, "")
