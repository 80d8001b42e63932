"""Messages about money that bend the form: a session begins, ends and is priced all the same."""

import json
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.journal.models import Message
from apps.protocol.v16.forms import FORMS as FORMS_16
from apps.protocol.v201.forms import FORMS as FORMS_201
from apps.protocol.validation import problems
from apps.sessions.models import ParkedEvent, Session
from apps.stations.services import change_station
from tests.factories import OFFICE
from tests.protocol.payloads import build, mutated
from tests.quick import examples
from tests.servers import eventually, register, rows
from tests.wire import Wire

MakeWire = Callable[..., Awaitable[Wire]]
FORMS = {Protocol.OCPP16: FORMS_16, Protocol.OCPP201: FORMS_201}
law = settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(params=list(Protocol))
async def opened(wire: MakeWire, request: pytest.FixtureRequest) -> Wire:
    """One socket, for all of the examples."""
    made = await wire(request.param.value)
    await made.boot()
    return made


def moment(minutes_ago: int) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def ask(wire: Wire, action: str, payload: Any) -> Any:
    """The answer to a bent message: a result that its schema accepts."""
    answer = await wire.ask(action, payload)
    protocol = Protocol(str(wire.socket.subprotocol))
    assert problems(protocol, action, "response", answer) == []
    return answer


def start(**more: Any) -> dict[str, Any]:
    return {"connectorId": 1, "idTag": "AB12", "meterStart": 2_345, "timestamp": moment(60), **more}


async def test_w1_a_stop_with_decimals_in_its_register_ends_its_session(
    wire: MakeWire, card: Any, tariff: Any
) -> None:
    opened = await wire("ocpp1.6")
    begun = await ask(opened, "StartTransaction", start())
    stop = {
        "transactionId": begun["transactionId"], "idTag": "AB12", "meterStop": 12345.6,
        "timestamp": moment(0),
    }  # fmt: skip
    assert (await ask(opened, "StopTransaction", stop))["idTagInfo"]["status"] == "Accepted"
    session = await rows(Session.objects.get)
    assert (session.state, session.is_estimated) == ("ended", False)
    assert session.meter_stop_wh == 12345.6
    assert session.energy_wh == pytest.approx(10_000.6)
    assert session.price_incl_vat > 4


async def test_w3_nulls_are_absent_and_the_session_is_priced(wire: MakeWire, tariff: Any) -> None:
    opened = await wire("ocpp1.6")
    begun = await ask(opened, "StartTransaction", start(reservationId=None, idTag=None))
    stop = {
        "transactionId": begun["transactionId"], "idTag": None, "meterStop": 12_345,
        "timestamp": moment(0), "reason": None, "transactionData": None,
    }  # fmt: skip
    assert await ask(opened, "StopTransaction", stop) == {}
    session = await rows(Session.objects.get)
    assert (session.state, session.token_uid, session.energy_wh) == ("ended", "", 10_000)
    assert session.price_incl_vat > 4
    kept = await rows(lambda: Message.objects.get(action="StartTransaction"))
    assert kept.result == "ok"
    assert "/reservationId: null instead of being left out" in kept.notes


async def test_a_session_is_begun_and_ended_by_frames_of_an_odd_shape(
    wire: MakeWire, tariff: Any
) -> None:
    """A number for an id, a fifth element, NaN: what is needed can be read of each."""
    opened = await wire("ocpp1.6")
    await opened.send([2, 7, "StartTransaction", start()])
    begun = await opened.answer()
    assert begun[:2] == [3, 7]
    number = begun[2]["transactionId"]
    reading = {"timestamp": moment(30), "sampledValue": [{"value": "7345"}]}
    values = {"connectorId": 1, "transactionId": number, "meterValue": [reading]}
    await opened.send([2, "m", "MeterValues", values, {}])
    assert await opened.answer() == [3, "m", {}]
    stop = {"transactionId": number, "meterStop": float("nan"), "timestamp": moment(0)}
    await opened.send([2, None, "StopTransaction", stop])
    assert await opened.answer() == [3, "-1", {}]
    session = await rows(Session.objects.get)
    assert (session.state, session.energy_wh) == ("ended", 5_000)
    kept = await rows(lambda: list(Message.objects.order_by("at")))
    told = {message.action: (message.result, message.notes) for message in kept}
    assert told["StartTransaction"][0] == "ok"
    assert "odd message id" in told["StartTransaction"][1]
    assert "NaN" in told["StopTransaction"][1]


ODD: dict[str, Callable[[str, str], str]] = {
    "lower case": lambda name, sent: f'[2,"m","{name.lower()}",{sent}]',
    "type as text": lambda name, sent: f'["2","m","{name}",{sent}]',
    "single quotes": lambda name, sent: f'[2,"m","{name}",{sent}]'.replace('"', "'"),
    "a comma too many": lambda name, sent: f'[2,"m","{name}",{sent[:-1]},}},]',
}


@pytest.mark.parametrize("odd", ODD)
async def test_a_session_is_begun_and_ended_by_frames_whose_meaning_is_plain(
    wire: MakeWire, card: Any, tariff: Any, odd: str
) -> None:
    opened = await wire("ocpp1.6")
    await opened.send(ODD[odd]("StartTransaction", json.dumps(start())))
    begun = await opened.answer()
    assert begun[:2] == [3, "m"]
    told = {"transactionId": begun[2]["transactionId"], "timestamp": moment(0)}
    stop = told | {"meterStop": "7.345 kWh"}
    await opened.send(ODD[odd]("StopTransaction", json.dumps(stop)).replace('"m"', '"n"'))
    assert (await opened.answer())[0] == 3
    session = await rows(Session.objects.get)
    assert (session.state, session.energy_wh, session.flags) == ("ended", 5_000, "")
    kept = await rows(lambda: list(Message.objects.filter(direction="in").order_by("at")))
    assert [m.action for m in kept][-2:] == ["StartTransaction", "StopTransaction"]
    assert all(m.notes for m in kept[-2:])


async def test_a_stop_of_which_nothing_can_be_made_marks_its_session(
    wire: MakeWire, card: Any
) -> None:
    opened = await wire("ocpp1.6")
    await ask(opened, "StartTransaction", start())
    await opened.send("[2,'m','stopTransaction',{'idTag':'it's mine','meterStop':7}]")
    assert (await opened.answer())[:2] == [4, "m"]
    session = await rows(Session.objects.get)
    assert (session.state != "ended", session.flags) == (True, "refused_message")


async def test_a1_an_authorize_that_names_a_connector_is_answered(
    wire: MakeWire, card: Any
) -> None:
    opened = await wire("ocpp1.6")
    answer = await ask(opened, "Authorize", {"idTag": "AB12", "connectorId": 1})
    assert answer["idTagInfo"]["status"] == "Accepted"


async def test_a_session_of_ocpp_201_survives_a_bent_event_of_each_kind(
    wire: MakeWire, card: Any, tariff: Any
) -> None:
    opened = await wire("ocpp2.0.1")

    async def tell(kind: str, ago: int, wh: float, **more: Any) -> None:
        reading = {"timestamp": moment(ago), "sampledValue": {"value": f" {wh} "}}
        event = {
            "eventType": kind, "timestamp": moment(ago), "transactionInfo": {"transactionId": 77},
            "evse": 1, "meterValue": reading,
        } | more  # fmt: skip
        await ask(opened, "TransactionEvent", event)

    await tell("started", 60, 1_000, idToken="AB12", seqNo="0")
    await tell("UPDATED", 40, 4_000, seqNo=1.0, triggerReason="Odd")
    await tell("Updated", 20, 6_000)
    await tell("Updated", 10, 7_000, transactionInfo={})
    await tell("Ended", 0, 11_000, seqNo=2, offline="false")
    session = await rows(Session.objects.get)
    assert (session.state, session.transaction_id, session.token_uid) == ("ended", "77", "AB12")
    assert (session.energy_wh, session.evse_id) == (10_000, 1)
    assert session.price_incl_vat > 4
    parked = await rows(ParkedEvent.objects.get)
    assert parked.why == "It names no session"


async def test_what_nothing_can_be_made_of_is_acknowledged_and_parked_with_its_frame(
    wire: MakeWire,
) -> None:
    opened = await wire("ocpp1.6")
    begun = await ask(opened, "StartTransaction", ["who", "knows"])
    assert begun == {"transactionId": 0, "idTagInfo": {"status": "Invalid"}}
    await ask(opened, "MeterValues", {"connectorId": 1})
    await ask(opened, "StopTransaction", {"reason": "Finished"})
    await ask(opened, "StatusNotification", {"connectorId": 1, "status": "Odd"})
    parked = await rows(lambda: sorted(ParkedEvent.objects.values_list("action", "payload")))
    assert [action for action, _ in parked] == [
        "MeterValues", "StartTransaction", "StopTransaction",
    ]  # fmt: skip
    assert '["who","knows"]' in parked[1][1].replace(" ", "")
    assert not await rows(Session.objects.exists)


async def test_a_card_that_no_column_can_hold_is_unknown_and_breaks_nothing(
    wire: MakeWire, card: Any
) -> None:
    opened = await wire("ocpp1.6")
    await ask(opened, "StartTransaction", start(idTag="AB12" * 50))
    answer = await ask(opened, "Authorize", {"idTag": "AB12" * 50})
    assert answer["idTagInfo"]["status"] == "Invalid"
    session = await rows(Session.objects.get)
    assert session.token_uid.startswith("AB12AB12")
    assert len(session.token_uid) == 36


@law
@given(seed=st.integers())
async def test_no_mutation_is_refused_or_breaks_anything_on_its_way_to_the_database(
    opened: Wire, seed: int
) -> None:
    dice = random.Random(seed)
    protocol = Protocol(str(opened.socket.subprotocol))
    action = dice.choice(sorted(FORMS[protocol]))
    payload = mutated(build(protocol, action, is_full=dice.random() < 0.7), dice)
    await ask(opened, action, payload)


async def test_a_station_is_read_as_its_row_says_from_the_next_beat_on(
    wire: MakeWire, network: Organisation
) -> None:
    station = await rows(lambda: register(network, "CP1"))
    opened = await wire("ocpp1.6")
    odd = {"idTag": "AB12", "connectorId": 1}
    assert (await opened.call("Authorize", odd))[0] == 3
    await rows(lambda: change_station(station, actor=OFFICE, reading="strict"))
    while (answer := await opened.call("Authorize", odd))[0] == 3:
        pass
    assert answer[2] == "FormationViolation"
    await rows(lambda: change_station(station, actor=OFFICE, reading="tolerant"))
    while (await opened.call("Authorize", odd))[0] == 4:
        pass
    kept = await eventually(lambda: Message.objects.filter(result="refused").first())
    assert kept.action == "Authorize"
