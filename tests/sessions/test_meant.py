"""Stops without a name, in any order among readings: each finds its own, or ends nobody's."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Organisation
from apps.batch.items import Frame, Item
from apps.batch.refs import StationRef
from apps.domain.events import Sample, SessionEnded, SessionEvent, SessionStarted
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.protocol import codec
from apps.sessions.models import ParkedEvent, Session
from tests.quick import examples
from tests.servers import register

from .test_any_order import new_station, numbers

NOW = datetime(2025, 3, 1, 20, tzinfo=UTC)
BEGAN_AT = datetime(2025, 3, 1, 8, tzinfo=UTC)
Call = tuple[str, dict[str, Any]]
law = settings(
    max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def at(minutes: float) -> str:
    return (BEGAN_AT + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def say(ref: StationRef, calls: list[Call]) -> None:
    read = codec(Protocol.OCPP16).read
    commit(
        [
            Item(
                ref, Protocol.OCPP16, "socket", NOW, read(action, payload, NOW),
                Frame("in", action, "m", repr(payload)),
            )
            for action, payload in calls
        ],
        NOW,
    )  # fmt: skip


def start(connector: int) -> Call:
    told = {"connectorId": connector, "idTag": f"CARD{connector}", "timestamp": at(0)}
    return "StartTransaction", told | {"meterStart": connector * 1_000_000}


def reading(connector: int, minutes: int) -> Call:
    value = {"value": str(connector * 1_000_000 + minutes * 100)}
    readings = [{"timestamp": at(minutes), "sampledValue": [value]}]
    return "MeterValues", {"connectorId": connector, "meterValue": readings}


def stop(connector: int, **more: Any) -> Call:
    told = {"transactionId": -1, "timestamp": at(120), "meterStop": connector * 1_000_000 + 12_000}
    return "StopTransaction", told | more


def ended(ref: StationRef) -> dict[int, float]:
    """Connector and energy of the sessions that have ended."""
    rows = Session.objects.filter(station_id=ref.id, ended_at__isnull=False)
    return dict(rows.values_list("evse_id", "energy_wh"))


@law
@given(st.data())
def test_a_stop_that_fits_one_session_finds_it_in_any_order(
    network: Organisation, data: st.DataObject
) -> None:
    ref = new_station(network)
    say(ref, data.draw(st.permutations([start(n) for n in (1, 2, 3)])))
    stopping = data.draw(st.sets(st.integers(1, 3), min_size=1))
    calls = [reading(n, minutes) for n in (1, 2, 3) for minutes in (30, 60, 115)]
    calls += [stop(n) for n in stopping for _ in range(data.draw(st.integers(1, 2)))]
    for call in data.draw(st.permutations(calls)):
        say(ref, [call])
    assert ended(ref) == dict.fromkeys(stopping, 12_000)
    assert not ParkedEvent.objects.filter(station_id=ref.id).exists()


@law
@given(st.data())
def test_a_stop_that_fits_no_session_ends_none(network: Organisation, data: st.DataObject) -> None:
    ref = new_station(network)
    say(ref, [start(1), start(2)])
    odd = [
        stop(1, meterStop=1_900_000),
        stop(2, meterStop=1_999_900),
        stop(1, idTag="CARD2"),
        stop(2, timestamp=at(-1)),
        stop(1, transactionId=99),
    ]
    calls = [reading(n, minutes) for n in (1, 2) for minutes in (30, 60)]
    for call in data.draw(st.permutations(calls + data.draw(st.permutations(odd)))):
        say(ref, [call])
    assert ended(ref) == {}
    assert ParkedEvent.objects.filter(station_id=ref.id).count() == len(odd)


def test_a_card_of_the_same_group_may_end_a_session(network: Organisation) -> None:
    from tests import factories

    for uid, group in (("CARD1", "FLEET"), ("SPARE", "fleet"), ("OTHER", "")):
        factories.token(network, uid, group=group)
    ref = new_station(network)
    say(ref, [start(1)])
    say(ref, [stop(1, idTag="OTHER")])
    assert ended(ref) == {}
    say(ref, [stop(1, idTag="spare")])
    assert ended(ref) == {1: 12_000}


def test_a_declared_connector_says_what_can_have_flowed(network: Organisation) -> None:
    from apps.stations.models import Connector, Evse, Station
    from apps.stations.refs import find_refs

    station = register(network, f"SMALL{next(numbers)}")
    evse = Evse.objects.create(station=Station.objects.get(pk=station.pk), number=1)
    Connector.objects.create(station=station, evse=evse, number=1, max_power_w=3_700)
    ref = find_refs([station.identity])[station.identity]
    say(ref, [start(1)])
    say(ref, [stop(1)])
    assert ParkedEvent.objects.get(station_id=ref.id).why.startswith("Its register is 12 kWh away")


def test_a_stop_of_2_0_1_that_names_none_is_held_against_those_that_run(
    network: Organisation,
) -> None:
    ref = new_station(network)

    def tell(*events: SessionEvent) -> None:
        frame = Frame("in", "TransactionEvent", "m", "")
        items = [Item(ref, Protocol.OCPP201, "socket", NOW, one, frame) for one in events]
        commit(items, NOW)

    def read(minutes: int, wh: float) -> tuple[Sample, ...]:
        return (Sample(BEGAN_AT + timedelta(minutes=minutes), "Sample.Periodic", wh),)

    for evse_id in (1, 2):
        begun = read(0, evse_id * 1_000_000)
        tell(SessionStarted(BEGAN_AT, f"T-{evse_id}", seq=0, evse_id=evse_id, samples=begun))
    over_at = BEGAN_AT + timedelta(minutes=60)
    tell(SessionEnded(over_at, seq=1, samples=read(60, 2_007_000)))
    assert ended(ref) == {2: 7_000}
    tell(SessionEnded(over_at, seq=1, samples=read(60, 3_000_000)))
    assert ended(ref) == {2: 7_000}


def test_swapped_names_of_two_stops_end_both_by_card_and_register(network: Organisation) -> None:
    ref = new_station(network)
    say(ref, [start(1), start(2), reading(1, 60), reading(2, 60)])
    one, two = Session.objects.order_by("evse_id")
    swapped = [
        stop(2, transactionId=int(one.transaction_id), idTag="CARD2"),
        stop(1, transactionId=int(two.transaction_id), idTag="CARD1"),
    ]
    for call in swapped:
        say(ref, [call])
    told = Session.objects.order_by("evse_id").values_list("meter_stop_wh", "flags")
    assert [(wh, "misnamed" in flags) for wh, flags in told] == [
        (1_012_000.0, True), (2_012_000.0, True),
    ]  # fmt: skip
    assert not Session.objects.filter(ended_at=None).exists()


def test_the_main_meter_is_not_the_only_connector_where_its_register_does_not_fit(
    network: Organisation,
) -> None:
    ref = new_station(network)
    shown = {"connectorId": 1, "status": "Charging", "errorCode": "NoError"}
    say(ref, [("StatusNotification", shown), start(1), reading(1, 30)])
    value = {"value": "50003000"}
    main = {"connectorId": 0, "meterValue": [{"timestamp": at(40), "sampledValue": [value]}]}
    say(ref, [("MeterValues", main)])
    fitting = {"connectorId": 0, "meterValue": [
        {"timestamp": at(60), "sampledValue": [{"value": str(1_000_000 + 6_000)}]}
    ]}  # fmt: skip
    say(ref, [("MeterValues", fitting)])
    session = Session.objects.get()
    assert (session.energy_wh, session.is_doubted) == (6_000.0, False)
