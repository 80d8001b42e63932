"""Sessions that ended otherwise than they should: told over the real door, judged by the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.domain.vocabulary import Protocol
from apps.history.doers import CLOCK
from apps.history.models import Fact
from apps.reconciliation import kinds, services
from apps.reconciliation.kind import Resolution
from apps.reconciliation.life import Outcome, State
from apps.reconciliation.models import Case
from apps.reconciliation.resolving import Wish, resolve
from apps.sessions import words
from apps.sessions.models import ParkedEvent, Session
from apps.sessions.services import close_silent
from tests import factories as make
from tests.sessions.story import Teller

T0 = datetime(2026, 11, 20, 8, tzinfo=UTC)
BOTH = [Protocol.OCPP16, Protocol.OCPP201]

# Facts are read when what wrote them is committed.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("card", "tariff"),
]


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def stamp(number: float) -> str:
    return (T0 + minutes(number)).isoformat().replace("+00:00", "Z")


def charged(network: Organisation, protocol: Protocol, *, stop: bool = True) -> Teller:
    """An hour at 7.2 kW, read every five minutes."""
    charger = Teller(network, "CP1", protocol)
    charger.start(stamp(0), 1_000, T0)
    for number in range(5, 60, 5):
        charger.read(stamp(number), 1_000 + 120 * number, T0 + minutes(number))
    if stop:
        charger.stop(stamp(60), 8_200, T0 + minutes(60))
    return charger


def judge(after: float) -> dict[str, Case]:
    services.judge_sessions(now=T0 + minutes(after))
    return {case.kind: case for case in Case.objects.filter(is_current=True)}


@pytest.mark.parametrize("protocol", BOTH)
def test_a_session_in_order_is_no_case(network: Organisation, protocol: Protocol) -> None:
    charged(network, protocol)
    assert judge(61) == {}


@pytest.mark.parametrize("protocol", BOTH)
def test_a_lost_stop_waits_for_the_true_one_and_is_settled_by_it(
    network: Organisation, protocol: Protocol
) -> None:
    charger = charged(network, protocol, stop=False)
    session = charger.session
    close_silent(session.pk, seen=session.last_received_at, now=T0 + minutes(90))
    case = judge(91)[kinds.LOST_STOP]
    assert (case.state, case.session_id) == (State.WAITING, session.pk)
    charger.stop(stamp(60), 8_200, T0 + minutes(120))
    assert kinds.LOST_STOP not in judge(121)
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.GONE)


def test_an_estimate_that_nothing_replaces_is_settled_by_the_clock(network: Organisation) -> None:
    session = charged(network, Protocol.OCPP16, stop=False).session
    close_silent(session.pk, seen=session.last_received_at, now=T0 + minutes(90))
    case = judge(91)[kinds.LOST_STOP]
    services.settle_due(now=case.deadline_at - minutes(1))
    case.refresh_from_db()
    assert case.state == State.WAITING
    services.settle_due(now=case.deadline_at)
    case.refresh_from_db()
    assert (case.state, case.outcome, case.decided_by) == (
        State.CLOSED, Outcome.SETTLED, "the clock",
    )  # fmt: skip
    assert "stays as it was estimated" in case.reason


def test_every_step_of_a_case_is_a_fact(network: Organisation) -> None:
    session = charged(network, Protocol.OCPP16, stop=False).session
    close_silent(session.pk, seen=session.last_received_at, now=T0 + minutes(90))
    case = judge(91)[kinds.LOST_STOP]
    services.settle_due(now=case.deadline_at)
    steps = Fact.objects.filter(subject_kind="case", subject_id=case.pk).order_by("pk")
    assert [(step.kind, step.actor_label) for step in steps] == [
        ("case opened", "the clock"), ("case closed", "the clock"),
    ]  # fmt: skip


@pytest.mark.parametrize("protocol", BOTH)
def test_readings_that_cannot_be_ask_for_a_person(
    network: Organisation, protocol: Protocol
) -> None:
    charger = charged(network, protocol, stop=False)
    charger.read(stamp(57), 7_930_000, T0 + minutes(57))
    charger.stop(stamp(60), 8_200, T0 + minutes(60))
    case = judge(61)[kinds.DOUBTED]
    assert case.state == State.OPEN


@pytest.mark.parametrize("protocol", BOTH)
@pytest.mark.parametrize(
    ("step_wh", "most_wh", "billed"), [(900, 3_600, "3.600"), (100, 9_999, "1.100")]
)
def test_a_register_that_shows_less_than_its_power_is_a_case_with_both(
    network: Organisation, protocol: Protocol, step_wh: float, most_wh: float, billed: str
) -> None:
    charger = Teller(network, "CP1", protocol)
    charger.start(stamp(0), 1_000, T0)
    for n in range(1, 12):
        wh = 1_000 + min(step_wh * n, most_wh)
        charger.read(stamp(10 * n), wh, T0 + minutes(10 * n), power_w=5_000)
    charger.stop(stamp(115), wh, T0 + minutes(115))
    found = judge(116)
    assert set(found) == {kinds.TOO_LITTLE}
    assert found[kinds.TOO_LITTLE].evidence[0]["text"] == (
        f"{billed} kWh is billed as its register rose, and the power that it told brought "
        "8.333 kWh at the least."
    )


def test_a_wrong_clock_is_settled_at_once_and_on_record(network: Organisation) -> None:
    charger = Teller(network, "CP1", Protocol.OCPP16)
    charger.start("2023-01-01T00:00:00Z", 0, T0)
    charger.read(stamp(30), 5_000, T0 + minutes(30))
    charger.stop(stamp(60), 10_000, T0 + minutes(60))
    case = judge(61)[kinds.WRONG_CLOCK]
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.SETTLED)


def test_a_session_with_missing_messages_waits_for_them(network: Organisation) -> None:
    charger = Teller(network, "CP1", Protocol.OCPP201)
    charger.start(stamp(0), 0, T0)
    charger._seq += 2
    charger.stop(stamp(60), 7_000, T0 + minutes(60))
    assert judge(61)[kinds.GAPS].state == State.WAITING


def test_a_bill_that_its_readings_do_not_give_is_found(network: Organisation) -> None:
    session = charged(network, Protocol.OCPP16).session
    Session.objects.filter(pk=session.pk).update(price_incl_vat=1, energy_wh=1)
    case = judge(61)[kinds.DIFFERS]
    assert "7.200 kWh" in case.evidence[0]["text"]


def test_two_sessions_on_one_connector_at_a_time_are_found(network: Organisation) -> None:
    session = charged(network, Protocol.OCPP201).session
    other = Session.objects.get(pk=session.pk)
    other.pk, other.transaction_id = session.pk + 1, "tx-2"
    other.save(force_insert=True)
    case = judge(61)[kinds.OVERLAP]
    assert {one["key"] for one in case.evidence} == {session.pk, other.pk}


def test_a_parked_message_is_one_case(network: Organisation) -> None:
    charger = Teller(network, "CP1", Protocol.OCPP16)
    parked = ParkedEvent.objects.create(
        organisation=network, station_id=charger.ref.id, received_at=T0, action="StopTransaction",
        why="No session has this id", payload="{}",
    )  # fmt: skip
    for number in range(2):
        services.keep_parked(now=T0 + minutes(number))
    case = Case.objects.get(kind=kinds.PARKED)
    assert (case.state, case.evidence[0]["key"]) == (State.OPEN, parked.pk)


def park(charger: Teller, count: int) -> None:
    for number in range(count):
        ParkedEvent.objects.create(
            organisation_id=charger.ref.organisation_id, station_id=charger.ref.id,
            received_at=T0, action="StopTransaction", why="Nobody has this id", payload=str(number),
        )  # fmt: skip


def test_what_a_station_parks_again_and_again_is_one_case_that_counts(
    network: Organisation,
) -> None:
    flood, other = (Teller(network, name, Protocol.OCPP16) for name in ("CP1", "CP2"))
    park(flood, 3_000)
    park(other, 1)
    services.keep_parked(now=T0)
    park(flood, 5)
    services.keep_parked(now=T0 + minutes(1))
    told = {case.station_id: case.evidence[0]["text"] for case in Case.objects.all()}
    assert told[flood.ref.id].startswith("3005 messages")
    assert told[other.ref.id].startswith("1 message: StopTransaction")
    assert len(told) == Case.objects.count() == 2


def test_what_is_parked_after_a_decision_is_asked_about_anew(network: Organisation) -> None:
    charger = Teller(network, "CP1", Protocol.OCPP16)
    park(charger, 1)
    services.keep_parked(now=T0)
    services.decide(Case.objects.get(), services.Decision("accept", CLOCK), now=T0)
    services.keep_parked(now=T0 + minutes(1))
    assert Case.objects.count() == 1
    park(charger, 2)
    services.keep_parked(now=T0 + minutes(2))
    newest = Case.objects.latest("pk")
    assert (newest.state, newest.evidence[0]["text"][:10]) == (State.OPEN, "2 messages")


@pytest.mark.parametrize("how", ["energy", "discard"])
def test_what_was_decided_is_not_asked_again(network: Organisation, how: str) -> None:
    session = charged(network, Protocol.OCPP16, stop=False).session
    close_silent(session.pk, seen=session.last_received_at, now=T0 + minutes(90))
    case = judge(91)[kinds.LOST_STOP]
    actor = make.cast().admin
    wish = Wish(Resolution(how), "so", 5_000.0 if how == "energy" else None)
    resolve(case, wish, actor=actor, now=T0 + minutes(92))
    for number in range(93, 96):
        judge(number)
    assert Case.objects.filter(kind=kinds.LOST_STOP).count() == 1


def test_the_same_energy_in_two_sessions_is_found_however_short_they_are(
    network: Organisation,
) -> None:
    charger = Teller(network, "CP1", Protocol.OCPP201)
    charger.start(stamp(0), 0, T0)
    charger.stop(stamp(1), 136, T0 + minutes(1))
    other = charger.session
    other.pk, other.transaction_id, other.meter_start_wh = other.pk + 1, "tx-2", 58
    other.save(force_insert=True)
    assert kinds.OVERLAP in judge(2)


def test_what_was_judged_is_not_judged_again(network: Organisation) -> None:
    charged(network, Protocol.OCPP16)
    assert services.judge_sessions(now=T0 + minutes(61)) == 1
    assert services.judge_sessions(now=T0 + minutes(62)) == 0


def test_what_ended_long_ago_is_left_alone(network: Organisation) -> None:
    session = charged(network, Protocol.OCPP16, stop=False).session
    close_silent(session.pk, seen=session.last_received_at, now=T0 + minutes(90))
    services.judge_sessions(now=T0 + timedelta(days=90))
    assert not Case.objects.exists()


def test_the_clock_does_all_of_it(network: Organisation) -> None:
    session = charged(network, Protocol.OCPP16, stop=False).session
    close_silent(session.pk, seen=session.last_received_at, now=T0 + minutes(90))
    services.reconcile(now=T0 + minutes(91))
    later = T0 + minutes(92) + timedelta(seconds=settings.OCPP_WATCH_S["true_end"])
    services.reconcile(now=later)
    assert Case.objects.get(kind=kinds.LOST_STOP).state == State.CLOSED


def test_questions_do_not_grow_with_the_sessions(
    network: Organisation,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    first = charged(network, Protocol.OCPP16).session
    with CaptureQueriesContext(
        connection,
    ) as few:
        services.judge_some([first.pk], now=T0 + minutes(61))
    ids = [first.pk]
    for number in range(20):
        copy = Session.objects.get(pk=first.pk)
        copy.pk, copy.transaction_id = first.pk + 1 + number, str(first.pk + 1 + number)
        copy.natural_key, copy.evse_id = None, 2 + number
        copy.save(force_insert=True)
        ids.append(copy.pk)
    with CaptureQueriesContext(connection) as many:
        services.judge_some(ids, now=T0 + minutes(61))
    assert len(many) <= len(few) + 6  # what the cases that are found cost, once


@pytest.mark.parametrize("protocol", BOTH)
def test_two_stops_that_differ_ask_for_a_person_and_the_same_one_twice_does_not(
    network: Organisation, protocol: Protocol
) -> None:
    charger = charged(network, protocol)
    charger.stop(stamp(60), 8_200, T0 + minutes(61))
    assert judge(62) == {}
    charger.stop(stamp(60), 9_200, T0 + minutes(63))
    assert judge(64)[kinds.TWO_STOPS].state == State.OPEN
    assert "the earliest counts, of one instant the higher one" in words.flag("two_stops")


@pytest.mark.parametrize("way", [Resolution.ENERGY, Resolution.DISCARD])
def test_a_true_stop_after_a_decision_asks_whether_it_still_holds(
    network: Organisation, way: Resolution
) -> None:
    charger = charged(network, Protocol.OCPP16, stop=False)
    session = charger.session
    close_silent(session.pk, seen=session.last_received_at, now=T0 + minutes(90))
    now, by = T0 + minutes(92), make.user(network, "ada", Role.ADMIN)
    resolve(judge(91)[kinds.LOST_STOP], Wish(way, "So", 5_000.0), actor=by, now=now)
    charger.stop(stamp(80), 12_200, T0 + minutes(100))
    case = judge(101)[kinds.LATE_STOP]
    assert "Its meter rose by 11.200 kWh" in case.evidence[0]["text"]
    resolve(case, Wish(Resolution.METER, "The meter"), actor=by, now=T0 + minutes(102))
    assert charger.session.energy_wh == 11_200
    assert kinds.LATE_STOP not in judge(103)


def test_a_transaction_that_is_told_for_two_evses_is_a_case(network: Organisation) -> None:
    charger = charged(network, Protocol.OCPP201, stop=False)
    reading = {"timestamp": stamp(58), "sampledValue": [{"value": 7_960.0}]}
    charger.tell("TransactionEvent", {
        "eventType": "Updated", "timestamp": stamp(58), "seqNo": 12, "triggerReason": "Trigger",
        "transactionInfo": {"transactionId": "tx-1"}, "evse": {"id": 2, "connectorId": 1},
        "meterValue": [reading],
    }, T0 + minutes(58))  # fmt: skip
    charger._seq = 12
    charger.stop(stamp(60), 8_200, T0 + minutes(60))
    case = judge(61)[kinds.TWO_EVSES]
    assert (case.state, charger.session.evse_id) == (State.OPEN, 1)
