"""OCPP 2.0.1 transactions as a CSMS has to take them: X-01 to X-20, over a real socket."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.commands.models import CommandRow
from apps.journal.models import Message
from apps.sessions.models import ParkedEvent, Sample, Session
from apps.stations.models import Station
from apps.tariffs.services import add_tariff, add_version
from tests import factories
from tests.servers import eventually, register, rows
from tests.throwaway import Platform
from tests.wire import Wire, dial

MakeWire = Callable[..., Awaitable[Wire]]
BEGAN_AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
CARD = {"idToken": "AB12", "type": "ISO14443"}
EVSE = {"id": 1, "connectorId": 1}
TX = "f3b1c2d4-0000-4000-8000-000000000001"


def at(second: float) -> str:
    return (BEGAN_AT + timedelta(seconds=second)).isoformat().replace("+00:00", "Z")


def reading(second: float, wh: float, context: str | None = "Sample.Periodic") -> dict[str, Any]:
    value = {"value": wh} | ({"context": context} if context else {})
    return {"timestamp": at(second), "sampledValue": [value]}


def event(kind: str, seq: int, second: float, *, wh: float | None = None, **more: Any) -> Any:
    """A TransactionEvent; ``info`` goes into transactionInfo."""
    info = {"transactionId": more.pop("transaction_id", TX), **more.pop("info", {})}
    payload = {
        "eventType": kind, "timestamp": at(second), "seqNo": seq, "transactionInfo": info,
        "triggerReason": more.pop("trigger", "MeterValuePeriodic"), **more,
    }  # fmt: skip
    return payload | ({} if wh is None else {"meterValue": [reading(second, wh)]})


def started(seq: int = 0, second: float = 0, **more: Any) -> Any:
    return event("Started", seq, second, **({"evse": EVSE, "idToken": CARD, "wh": 1000} | more))


def updated(seq: int, second: float, **more: Any) -> Any:
    return event("Updated", seq, second, **more)


def ended(seq: int, second: float, **more: Any) -> Any:
    return event("Ended", seq, second, **({"info": {"stoppedReason": "Remote"}} | more))


async def tell(wire: Wire, *events: Any) -> list[Any]:
    """Each is acknowledged; the answers' payloads."""
    return [await wire.ask("TransactionEvent", one) for one in events]


async def session(transaction_id: str = TX) -> Session:
    return await rows(lambda: Session.objects.get(transaction_id=transaction_id))


@pytest.mark.parametrize(
    "odd",
    [
        updated(7, 10, transaction_id="never-heard-of"),
        ended(0, 10, transaction_id="never-heard-of"),
        started(2_147_483_647),
        started(idToken={"idToken": "NOBODY", "type": "Central"}),
        started(second=-400 * 86_400),
        started(second=9 * 3600),
        started(evse={"id": 77}),
        started(info={"transactionId": "", "chargingState": "SuspendedEVSE"}),
        updated(1, 5, trigger="EVConnectTimeout", numberOfPhasesUsed=3, reservationId=5),
    ],
)
async def test_x_01_every_valid_event_is_acknowledged(wire: MakeWire, odd: Any) -> None:
    answer = await (await wire()).call("TransactionEvent", odd)
    assert answer[0] == 3


async def test_x_02_the_stations_id_with_the_station_is_the_key(wire: MakeWire, card: Any) -> None:
    one, other = await wire(identity="CP1"), await wire(identity="CP2")
    await tell(one, started(), updated(1, 60, wh=1100))
    await tell(other, started())
    stations = await rows(
        lambda: list(Session.objects.values_list("station__identity", flat=True).order_by("id"))
    )
    assert stations == ["CP1", "CP2"]


async def test_x_03_sequence_numbers_may_run_on_over_transactions(
    wire: MakeWire, card: Any
) -> None:
    await tell(await wire(), started(41), updated(42, 60, wh=1100), ended(43, 120, wh=1200))
    row = await session()
    assert row.seqs == "41-43"
    assert "gaps" not in row.flags.split()


async def test_x_03_a_missing_event_is_marked(wire: MakeWire, card: Any) -> None:
    await tell(await wire(), started(0), ended(2, 120, wh=1200))
    assert "gaps" in (await session()).flags.split()


async def test_x_04_events_after_ended_are_merged(wire: MakeWire, card: Any, tariff: Any) -> None:
    opened = await wire()
    await tell(opened, started(0), ended(3, 3600, wh=5000))
    before = await session()
    assert "gaps" in before.flags.split()
    late = {"offline": True, "info": {"chargingState": "Charging"}}
    await tell(opened, updated(1, 600, wh=2000, **late), updated(2, 1200, wh=3000, **late))
    row = await session()
    assert (row.state, row.seqs, row.energy_wh) == ("ended", "0-3", 4000)
    assert "gaps" not in row.flags.split()
    assert row.price_incl_vat == before.price_incl_vat
    assert await rows(lambda: Sample.objects.filter(session_id=row.pk).count()) == 4


async def test_x_04_a_transaction_may_be_told_backwards(wire: MakeWire, card: Any) -> None:
    await tell(await wire(), ended(2, 3600, wh=5000), updated(1, 600, wh=2000), started(0))
    row = await session()
    assert (row.state, row.seqs, row.energy_wh) == ("ended", "0-2", 4000)
    assert row.started_at == BEGAN_AT
    assert row.token_uid == "AB12"


async def test_x_05_gaps_may_stay_for_good(wire: MakeWire, card: Any) -> None:
    await tell(await wire(), started(0), updated(2, 60, wh=1500), updated(4, 90, wh=1600))
    await tell(await wire(), ended(6, 120, wh=1700))
    row = await session()
    assert (row.state, row.energy_wh, row.seqs) == ("ended", 700, "0,2,4,6")


async def test_x_06_one_event_may_be_split_in_parts_of_one_instant(
    wire: MakeWire, card: Any
) -> None:
    power = {"value": 7400, "measurand": "Power.Active.Import"}
    part = {"meterValue": [{"timestamp": at(60), "sampledValue": [power]}]}
    await tell(await wire(), started(0), updated(1, 60, wh=1100), updated(2, 60, **part))
    row = await session()
    sample = await rows(lambda: Sample.objects.get(session_id=row.pk, power_w__isnull=False))
    assert (sample.register_wh, sample.power_w) == (1100, 7400)
    assert row.energy_wh == 100


async def test_x_07_what_happened_offline_keeps_its_own_times(wire: MakeWire, card: Any) -> None:
    days = -4 * 86_400
    story = [started(0, days), updated(1, days + 60, wh=1200), ended(2, days + 3600, wh=2000)]
    await tell(await wire(), *(one | {"offline": True} for one in story))
    row = await session()
    assert row.started_at == BEGAN_AT + timedelta(seconds=days)
    assert row.ended_at - row.started_at == timedelta(hours=1)
    assert row.energy_wh == 1000


async def test_x_08_evse_and_ids_may_come_later_and_once(wire: MakeWire, card: Any) -> None:
    opened = await wire()
    await tell(opened, event("Started", 0, 0, trigger="Authorized", idToken=CARD))
    assert (await session()).evse_id is None
    more = {"evse": EVSE, "reservationId": 5, "info": {"remoteStartId": 9}}
    await tell(opened, updated(1, 10, trigger="CablePluggedIn", **more), updated(2, 60, wh=1100))
    row = await session()
    assert (row.evse_id, row.connector_id) == (1, 1)
    assert (row.reservation_id, row.remote_start_id) == (5, 9)


async def test_x_08_a_newer_transaction_on_the_evse_ends_the_one_that_lost_its_end(
    wire: MakeWire, card: Any
) -> None:
    opened = await wire()
    await tell(opened, started(0), updated(1, 600, wh=1400))
    await tell(opened, started(0, 7200, transaction_id="next"))
    row = await session()
    assert (row.state, row.is_estimated, row.energy_wh) == ("ended", True, 400)
    await tell(opened, ended(2, 3600, wh=1900))
    row = await session()
    assert (row.is_estimated, row.stop_reason, row.energy_wh) == (False, "Remote", 900)
    assert (await session("next")).state != "ended"


async def test_x_09_a_presented_token_is_answered_and_only_then(
    wire: MakeWire, network: Organisation
) -> None:
    await rows(lambda: factories.token(network, "AB12", group="FLEET"))
    first, second, third = await tell(
        await wire(), started(0), updated(1, 60, wh=1100), ended(2, 90, idToken=CARD)
    )
    assert first["idTokenInfo"]["status"] == "Accepted"
    assert first["idTokenInfo"]["groupIdToken"]["idToken"] == "FLEET"
    assert "idTokenInfo" not in second
    assert third["idTokenInfo"]["status"] == "Accepted"


async def test_x_10_charging_without_authorisation_is_accepted(wire: MakeWire) -> None:
    free = {"idToken": "", "type": "NoAuthorization"}
    (answer,) = await tell(await wire(), started(0, idToken=free))
    assert answer["idTokenInfo"]["status"] == "Accepted"
    assert "unauthorised" not in (await session()).flags


@pytest.mark.parametrize("status", ["blocked", "expired", "invalid"])
async def test_x_11_a_refused_token_is_named_and_its_end_follows(
    wire: MakeWire, network: Organisation, status: str
) -> None:
    await rows(lambda: factories.token(network, "AB12", status=status))
    opened = await wire()
    (answer,) = await tell(opened, started(0))
    assert answer["idTokenInfo"]["status"] == status.capitalize()
    assert "unauthorised" in (await session()).flags.split()
    stop = {"info": {"stoppedReason": "DeAuthorized"}, "trigger": "Deauthorized"}
    await tell(opened, ended(1, 30, wh=1000, **stop))
    row = await session()
    assert (row.state, row.stop_reason) == ("ended", "DeAuthorized")


@pytest.mark.parametrize(("info", "reason"), [({}, "Local"), ({"stoppedReason": "Other"}, "Other")])
async def test_x_12_a_stop_is_taken_and_without_a_reason_it_was_local(
    wire: MakeWire, card: Any, info: Any, reason: str
) -> None:
    await tell(await wire(), started(0), ended(1, 60, info=info))
    assert (await session()).stop_reason == reason


async def test_x_12_a_1_6_stop_of_an_unknown_transaction_is_acknowledged_and_parked(
    wire: MakeWire, card: Any
) -> None:
    opened = await wire("ocpp1.6")
    start = {"connectorId": 1, "idTag": "AB12", "meterStart": 0, "timestamp": at(0)}
    running = (await opened.ask("StartTransaction", start))["transactionId"]
    stop = {"transactionId": 424242, "meterStop": 9, "timestamp": at(60)}
    assert await opened.ask("StopTransaction", stop) == {}
    assert (await rows(ParkedEvent.objects.get)).action == "StopTransaction"
    assert (await session(str(running))).state != "ended"


async def test_x_13_states_follow_the_events_and_where_none_come_the_meter(
    wire: MakeWire, card: Any
) -> None:
    opened = await wire()
    shown = []
    for seq, state in enumerate(("EVConnected", "Charging", "SuspendedEV", "SuspendedEVSE"), 1):
        await tell(opened, *([started(0)] if seq == 1 else []))
        await tell(opened, updated(seq, seq * 60, info={"chargingState": state}))
        shown.append((await session()).state)
    assert shown == ["pending", "charging", "suspended_ev", "suspended_evse"]
    plain = {"transaction_id": "plain", "evse": {"id": 2}}
    await tell(opened, started(0, **plain))
    assert (await session("plain")).state == "pending"
    await tell(opened, updated(1, 60, wh=1300, transaction_id="plain"))
    assert (await session("plain")).state == "charging"


async def test_x_14_the_end_is_answered_with_what_it_cost(
    wire: MakeWire, card: Any, tariff: Any
) -> None:
    *_, last = await tell(await wire(), started(0), ended(1, 1800, wh=11_000))
    assert last["totalCost"] == 6.07  # 10 kWh, half an hour and a start, with 19 % VAT


async def test_x_14_free_is_zero_and_unknown_is_absent(
    wire: MakeWire, card: Any, network: Organisation
) -> None:
    opened = await wire()
    *_, unknown = await tell(opened, started(0), ended(1, 60, wh=1100))
    assert "totalCost" not in unknown

    def give_away() -> None:
        named = {"name": "F", "currency": "EUR", "is_default": True}
        free = add_tariff(organisation_id=network.pk, actor=factories.OFFICE, **named)
        add_version(free, valid_from=BEGAN_AT - timedelta(days=1), actor=factories.OFFICE)

    await rows(give_away)
    other = {"transaction_id": "free"}
    *_, free = await tell(opened, started(0, 600, **other), ended(1, 900, wh=1100, **other))
    assert free["totalCost"] == 0


async def test_x_15_the_card_holders_message_and_language_are_told(
    wire: MakeWire, network: Organisation
) -> None:
    words = {"language": "de", "personal_message": "Willkommen"}
    await rows(lambda: factories.token(network, "AB12", **words))
    (answer,) = await tell(await wire(), started(0))
    assert answer["idTokenInfo"]["language1"] == "de"
    assert answer["idTokenInfo"]["personalMessage"]["content"] == "Willkommen"


async def test_x_16_contexts_are_kept_and_a_missing_one_is_periodic(
    wire: MakeWire, card: Any
) -> None:
    contexts = ["Transaction.Begin", "Sample.Clock", "Trigger", "Interruption.Begin", None]
    readings = [reading(n, 1000 + n, context) for n, context in enumerate(contexts)]
    await tell(await wire(), event("Started", 0, 0, evse=EVSE, meterValue=readings))
    stored = await rows(lambda: list(Sample.objects.values_list("context", flat=True)))
    assert stored == [*contexts[:-1], "Sample.Periodic"]


@pytest.mark.parametrize(
    ("value", "expected_wh"),
    [
        ({"value": 4500}, 4500),
        ({"value": 4.5, "unitOfMeasure": {"unit": "kWh"}}, 4500),
        ({"value": 45, "unitOfMeasure": {"multiplier": 2}}, 4500),
        ({"value": 0.0045, "unitOfMeasure": {"unit": "kWh", "multiplier": 3}}, 4500),
    ],
)
async def test_x_17_units_and_defaults_of_a_value(
    wire: MakeWire, card: Any, value: Any, expected_wh: float
) -> None:
    begin = event("Started", 0, 0, evse=EVSE)
    begin["meterValue"] = [{"timestamp": at(0), "sampledValue": [value]}]
    await tell(await wire(), begin)
    assert (await session()).meter_start_wh == pytest.approx(expected_wh)


async def test_x_17_phases_without_a_total_are_added_up_and_never_on_top_of_one(
    wire: MakeWire, card: Any
) -> None:
    phases = [{"value": 1000, "phase": name} for name in ("L1", "L2", "L3")]
    both = [{"value": 3300}, *phases]
    begin, later = event("Started", 0, 0, evse=EVSE), updated(1, 60)
    begin["meterValue"] = [{"timestamp": at(0), "sampledValue": phases}]
    later["meterValue"] = [{"timestamp": at(60), "sampledValue": both}]
    await tell(await wire(), begin, later)
    assert (await session()).energy_wh == 300


async def test_x_18_a_signed_value_is_kept_as_it_came(wire: MakeWire, card: Any) -> None:
    signed = {
        "signedMeterData": "T0NNRnx7IkZWIjoiMS4wIn0=", "signingMethod": "", "publicKey": "",
        "encodingMethod": "OCMF",
    }  # fmt: skip
    last = ended(1, 60)
    value = {"value": 1500, "signedMeterValue": signed}
    last["meterValue"] = [{"timestamp": at(60), "sampledValue": [value]}]
    await tell(await wire(), started(0), last)
    message = await rows(lambda: Message.objects.get(payload__contains="signedMeterData"))
    assert signed["signedMeterData"] in message.payload
    assert message.session_id == (await session()).pk


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"ongoingIndicator": True, "messagesInQueue": False}, "charging"),
        ({"ongoingIndicator": True, "messagesInQueue": True}, "charging"),
        ({"ongoingIndicator": False, "messagesInQueue": True}, "charging"),
        ({"ongoingIndicator": False, "messagesInQueue": False}, "ended"),
    ],
)
async def test_x_19_after_a_reconnect_an_open_transaction_is_asked_for(
    curious: Platform, network: Organisation, card: Any, answer: Any, state: str
) -> None:
    known = {"vendor": "Test", "model": "One", "boot_status": "Accepted"}
    await rows(lambda: register(network, "CP1", **known))
    opened = await dial(curious.ocpp, "CP1")
    await opened.boot()
    await tell(opened, started(0), updated(1, 600, wh=1500))
    opened.cut()
    again = await dial(curious.ocpp, "CP1")
    await again.boot()
    call = await again.next_call()
    assert call[2:] == ["GetTransactionStatus", {"transactionId": TX}]
    await again.send([3, call[1], answer])
    await eventually(
        lambda: CommandRow.objects.get(name="get_transaction_status", state="confirmed")
    )
    row = await session()
    assert (row.state, row.is_estimated) == (state, state == "ended")
    await again.close()


async def test_x_20_a_started_transaction_is_not_taken_for_charging(
    wire: MakeWire, card: Any
) -> None:
    opened = await wire()
    occupied = {"evseId": 1, "connectorId": 1, "connectorStatus": "Occupied", "timestamp": at(0)}
    await opened.ask("StatusNotification", occupied)
    await tell(opened, event("Started", 0, 0, trigger="EVDetected", evse=EVSE))
    assert (await session()).state == "pending"
    await tell(opened, ended(1, 60, info={"chargingState": "EVConnected"}))
    assert (await session()).state == "ended"
    plug = await rows(lambda: Station.objects.get().connectors.get())
    assert (plug.status, plug.session_state) == ("Occupied", ""), "the cable is still in"


async def test_a_2_0_1_start_that_is_repeated_across_connections_is_one_session(
    wire: MakeWire, card: Any
) -> None:
    await tell(await wire(), started(0))
    await tell(await wire(), started(0), updated(1, 60, wh=1500), updated(1, 60, wh=1500))
    row = await session()
    assert (row.energy_wh, row.seqs) == (500, "0-1")
    assert await rows(lambda: Sample.objects.filter(session_id=row.pk).count()) == 2
