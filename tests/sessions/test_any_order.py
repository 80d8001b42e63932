"""The law of the machine on the database: however a story arrives, one row and one price."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Organisation
from apps.batch.items import Item
from apps.batch.refs import StationRef
from apps.domain.events import Event
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.protocol import codec
from apps.sessions.models import Sample, Session, StraySample
from apps.stations.refs import find_refs
from apps.tariffs.models import Tariff
from tests.quick import examples
from tests.servers import register
from tests.sessions.strategies import arrivals, at, batches, meters, stories_201

RECEIVED_AT = at(2 * 86_400)
NOT_COMPARED = (
    "id", "station_id", "transaction_id", "last_received_at", "changed_at", "start_heard_at",
    "end_heard_at", "told", "totalled",
)  # fmt: skip
Call = tuple[str, dict[str, Any]]
STOP = "StopTransaction"
numbers = count()
law = settings(
    max_examples=examples(15),
    phases=[Phase.explicit, Phase.generate],  # a smaller counter-example takes minutes to find
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def network(network: Organisation, card: Any, tariff: Any) -> Organisation:
    """With a card that is accepted and a tariff that applies."""
    return network


def new_station(network: Organisation) -> StationRef:
    station = register(network, f"ORDER{next(numbers)}")
    return find_refs([station.identity])[station.identity]


def tell(ref: StationRef, protocol: str, groups: list[list[Event]]) -> None:
    """Commit the groups of events one after the other, later and later."""
    for number, events in enumerate(groups):
        now = RECEIVED_AT + timedelta(seconds=number)
        commit([Item(ref, protocol, "socket", now, event) for event in events], now)


def told(ref: StationRef) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The session's row and its samples, without what may differ."""
    session = Session.objects.filter(station_id=ref.id).values().get()
    rows = Sample.objects.filter(session_id=session["id"]).order_by("at", "context").values()
    samples = [{k: v for k, v in row.items() if k not in ("id", "session_id")} for row in rows]
    return {k: v for k, v in session.items() if k not in NOT_COMPARED}, samples


@law
@given(st.data())
def test_a_2_0_1_session_is_the_same_in_any_order(
    network: Organisation, data: st.DataObject
) -> None:
    story = data.draw(stories_201())
    straight, shuffled = new_station(network), new_station(network)
    tell(straight, Protocol.OCPP201, [[event] for event in story])
    tell(shuffled, Protocol.OCPP201, data.draw(batches(data.draw(arrivals(story)))))
    assert told(shuffled) == told(straight)


START = {"connectorId": 1, "idTag": "AB12", "meterStart": 100, "timestamp": at(0).isoformat()}


def events_16(
    calls: list[Call], transaction_id: int, named: tuple[str, ...] = ("MeterValues", STOP)
) -> list[Event]:
    """The calls as events; what names a transaction gets the id that the start was given."""
    read, now = codec(Protocol.OCPP16).read, RECEIVED_AT
    return [
        read(action, payload | ({"transactionId": transaction_id} if action in named else {}), now)
        for action, payload in calls
    ]


@st.composite
def stories_16(draw: st.DrawFn) -> list[Call]:
    """What follows a start: statuses, meter values, perhaps the stop, and the start again."""
    calls: list[Call] = [("StartTransaction", START)]
    last_s = 0.0
    for sample in draw(meters(least=1, most=6)):
        last_s = (sample.at - at(0)).total_seconds()
        value = 0 if sample.register_wh is None else sample.register_wh
        sampled = {"value": str(value), "context": sample.context}
        reading = {"timestamp": sample.at.isoformat(), "sampledValue": [sampled]}
        calls.append(("MeterValues", {"connectorId": 1, "meterValue": [reading]}))
        status = draw(st.sampled_from((None, "Charging", "SuspendedEV", "Finishing")))
        if status is not None:
            calls.append(("StatusNotification", status_16(status, last_s)))
    if draw(st.booleans()):
        stop = {"meterStop": 4_000, "timestamp": at(last_s + 60).isoformat(), "reason": "Remote"}
        calls.append((STOP, stop))
    return calls


def status_16(status: str, second: float) -> dict[str, Any]:
    when = at(second).isoformat()
    return {"connectorId": 1, "status": status, "errorCode": "NoError", "timestamp": when}


@law
@given(st.data())
def test_a_1_6_session_is_the_same_in_any_order_after_its_start(
    network: Organisation, data: st.DataObject
) -> None:
    story = data.draw(stories_16())
    straight, shuffled = new_station(network), new_station(network)
    for ref, calls in ((straight, story), (shuffled, data.draw(arrivals(story)))):
        tell(ref, Protocol.OCPP16, [events_16([("StartTransaction", START)], 0)])
        begun = Session.objects.get(station_id=ref.id)
        events = events_16(calls, int(begun.transaction_id))
        tell(ref, Protocol.OCPP16, data.draw(batches(events)))
    assert told(shuffled) == told(straight)


@st.composite
def arrivals_without_ids(draw: st.DrawFn, story: list[Call]) -> list[Call]:
    """Any order in which a station may tell it: a stop names what the start was answered."""
    free = draw(arrivals([call for call in story if call[0] != STOP]))
    for stop in (call for call in story if call[0] == STOP):
        first = next(n for n, (action, _) in enumerate(free) if action == "StartTransaction")
        free.insert(draw(st.integers(first + 1, len(free))), stop)
    return free


def tell_16(ref: StationRef, calls: list[Call], data: st.DataObject | None = None) -> None:
    """Only the stop names its transaction; cut into commits as ``data`` has it, else one each."""
    begins = next(n for n, (action, _) in enumerate(calls) if action == "StartTransaction") + 1
    transaction_id = 0
    for part in (calls[:begins], calls[begins:]):
        events = events_16(part, transaction_id, named=(STOP,))
        tell(ref, Protocol.OCPP16, data.draw(batches(events)) if data else [[e] for e in events])
        transaction_id = int(Session.objects.get(station_id=ref.id).transaction_id)


@law
@given(st.data())
def test_a_1_6_session_whose_readings_name_no_transaction_is_the_same_in_any_order(
    network: Organisation, data: st.DataObject
) -> None:
    story = data.draw(stories_16())
    straight, shuffled = new_station(network), new_station(network)
    tell_16(straight, story)
    tell_16(shuffled, data.draw(arrivals_without_ids(story)), data)
    assert told(shuffled) == told(straight)
    assert not StraySample.objects.exists()


def test_readings_that_overtook_the_start_count_for_the_session_and_its_price(
    network: Organisation,
) -> None:
    ref = new_station(network)
    tell_16(ref, [reading_16(60, 1_100), reading_16(120, 2_100), ("StartTransaction", START)])
    row = Session.objects.get(station_id=ref.id)
    assert (row.energy_wh, row.last_event_at) == (2_000, at(120))
    assert Sample.objects.filter(session_id=row.pk).count() == 3


def test_readings_from_before_a_session_or_of_another_connector_are_none_of_it(
    network: Organisation,
) -> None:
    ref = new_station(network)
    tell_16(ref, [
        reading_16(-60, 90), reading_16(60, 5_000, connector=2), reading_16(60, 6_000, connector=0),
        ("StartTransaction", START),
    ])  # fmt: skip
    assert Session.objects.get(station_id=ref.id).energy_wh == 0
    assert StraySample.objects.count() == 2


def test_a_reading_of_connector_zero_is_that_of_an_only_connector(network: Organisation) -> None:
    ref = new_station(network)
    shown = events_16([("StatusNotification", status_16("Preparing", -1))], 0)
    tell(ref, Protocol.OCPP16, [shown])
    tell_16(ref, [("StartTransaction", START), reading_16(60, 1_100, connector=0)])
    assert Session.objects.get(station_id=ref.id).energy_wh == 1_000


def test_a_reading_that_comes_after_the_stop_belongs_to_the_session_that_ran_then(
    network: Organisation,
) -> None:
    ref = new_station(network)
    stop = {"meterStop": 4_000, "timestamp": at(600).isoformat()}
    tell_16(ref, [("StartTransaction", START), (STOP, stop), reading_16(300, 2_000, power_w=7_000)])
    row = Session.objects.get(station_id=ref.id)
    assert (row.energy_wh, row.max_power_w) == (3_900, 7_000)


def reading_16(
    second: float, wh: float, *, connector: int = 1, power_w: float | None = None
) -> Call:
    values = [{"value": str(wh), "context": "Sample.Periodic"}]
    if power_w is not None:
        values.append({"value": str(power_w), "measurand": "Power.Active.Import", "unit": "W"})
    reading = {"timestamp": at(second).isoformat(), "sampledValue": values}
    return "MeterValues", {"connectorId": connector, "meterValue": [reading]}


def test_statuses_that_overtook_the_start_of_a_1_6_session_count(network: Organisation) -> None:
    ref = new_station(network)
    story = [("StatusNotification", status_16("SuspendedEV", 30)), ("StartTransaction", START)]
    tell(ref, Protocol.OCPP16, [[event] for event in events_16(story, 0)])
    assert Session.objects.get(station_id=ref.id).state == "suspended_ev"


@pytest.mark.parametrize("at_once", [True, False])
def test_the_latest_of_equal_statuses_that_overtook_the_start_counts(
    network: Organisation, at_once: bool
) -> None:
    ref = new_station(network)
    told_at = [("SuspendedEV", 30), ("SuspendedEV", 90)]
    story: list[Call] = [("StatusNotification", status_16(*one)) for one in told_at]
    story += [("StartTransaction", START), ("StatusNotification", status_16("Charging", 60))]
    events = events_16(story, 0)
    tell(ref, Protocol.OCPP16, [events] if at_once else [[event] for event in events])
    assert Session.objects.get(station_id=ref.id).state == "suspended_ev"


def test_a_start_that_is_sent_again_after_the_end_gets_the_same_id(network: Organisation) -> None:
    ref = new_station(network)
    start = events_16([("StartTransaction", START)], 0)
    tell(ref, Protocol.OCPP16, [start])
    begun = Session.objects.get(station_id=ref.id)
    stop = {"meterStop": 4_000, "timestamp": at(600).isoformat()}
    tell(ref, Protocol.OCPP16, [events_16([("StopTransaction", stop)], int(begun.pk)), start])
    again = Session.objects.get(station_id=ref.id)
    assert (again.pk, again.state, again.energy_wh) == (begun.pk, "ended", 3_900)


def test_a_story_costs_what_the_tariff_says(network: Organisation) -> None:
    ref = new_station(network)
    start = events_16([("StartTransaction", START)], 0)
    tell(ref, Protocol.OCPP16, [start])
    begun = Session.objects.get(station_id=ref.id)
    stop = {"meterStop": 10_100, "timestamp": at(1800).isoformat()}
    tell(ref, Protocol.OCPP16, [events_16([("StopTransaction", stop)], int(begun.pk))])
    row = Session.objects.get(station_id=ref.id)
    # 10 kWh at 0.40, half an hour at 1.20, 0.50 for the start: 5.10; 19 % VAT
    assert [str(row.price_excl_vat), str(row.vat), str(row.price_incl_vat)] == [
        "5.100", "0.970", "6.070",
    ]  # fmt: skip


def test_a_changed_tariff_does_not_touch_a_session_that_began_before(
    network: Organisation, tariff: Any
) -> None:
    ref = new_station(network)
    start = events_16([("StartTransaction", START)], 0)
    tell(ref, Protocol.OCPP16, [start])
    pinned = Session.objects.get(station_id=ref.id).tariff_version_id
    tariff.versions.create(valid_from=at(-1))
    tell(ref, Protocol.OCPP16, [start])
    assert Session.objects.get(station_id=ref.id).tariff_version_id == pinned


def test_a_station_without_a_tariff_has_sessions_without_a_price(network: Organisation) -> None:
    Tariff.objects.update(is_default=False)
    ref = new_station(network)
    tell(ref, Protocol.OCPP16, [events_16([("StartTransaction", START)], 0)])
    row = Session.objects.get(station_id=ref.id)
    assert row.tariff_version_id is None
    assert row.price_incl_vat is None
