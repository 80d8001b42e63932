"""Each maker's recording, played through the door."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from apps.domain.events import (
    ConnectorStatusChanged,
    Event,
    HeartbeatReceived,
    Sample,
    SamplesTaken,
    SecurityEventReported,
    SessionEnded,
    SessionStarted,
    StationBooted,
    Token,
)
from apps.domain.vocabulary import ConnectorStatus, Protocol
from apps.protocol import codec
from apps.protocol.examination import examine, receive
from apps.protocol.frames import Call, Malformed
from apps.protocol.timestamps import parse
from apps.protocol.vendors import GENERIC, adapter_for

RECORDINGS = Path(__file__).parent.parent / "recordings"
FOLDERS = sorted(folder.name for folder in RECORDINGS.iterdir())


def at(hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2025, 3, 4, hour, minute, second, tzinfo=UTC)


def played(folder: str) -> list[Any]:
    """What the station says: events, the code of a refused call, or the broken frame."""
    lines = (RECORDINGS / folder / "session.jsonl").read_text(encoding="utf-8").splitlines()
    head = json.loads(lines[0])
    protocol = Protocol(head["protocol"])
    adapter = adapter_for(head["vendor"], head["model"], head["firmware"])
    heard: list[Any] = []
    for line in map(json.loads, lines[1:]):
        if line["from"] != "station":
            continue
        frame, _ = receive(line["text"], adapter)
        if not isinstance(frame, Call):
            heard += [frame] if isinstance(frame, Malformed) else []
            continue
        found = examine(frame, protocol, adapter)
        received_at = parse(line["at"])
        assert received_at is not None
        heard.append(
            found.refusal or codec(protocol).read(frame.action, found.call.payload, received_at)
        )
    return heard


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_recording_has_its_maker_and_begins_with_a_boot(folder: str) -> None:
    first = played(folder)[0]
    assert isinstance(first, StationBooted)
    adapter = adapter_for(first.vendor, first.model, first.firmware)
    assert adapter.name == folder.split("-")[0], f"the profile of {first.vendor!r} has this name"


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_that_a_maker_really_sends_is_refused(folder: str) -> None:
    heard = played(folder)
    assert all(isinstance(item, Event) for item in heard if not isinstance(item, Malformed))


def test_alfen_without_a_register_with_an_overflown_id_and_unknown_words() -> None:
    _, start, sampled, stop = played("alfen-eve")
    assert isinstance(start, SessionStarted)
    assert start.samples == ()
    assert sampled == SamplesTaken(
        1,
        (
            Sample(at(8, 17, 9), "Transaction.Begin", 1_834_512.0),
            Sample(at(8, 17, 9), current_a=(15.9, None, None)),
        ),
        unread=("Current.Import 16.02 CurrentMax A",),
    )
    assert isinstance(stop, SessionEnded)
    assert stop.transaction_id == "70011"


def test_abb_resends_a_start_and_writes_null_for_nothing() -> None:
    _, status, first, again, security = played("abb-terra_ac")
    assert status == ConnectorStatusChanged(1, 1, ConnectorStatus.PREPARING, at(5, 11))
    assert isinstance(first, SessionStarted)
    assert first == again
    assert isinstance(security, SecurityEventReported)


def test_keba_appends_its_serial_to_the_card_and_stops_transaction_minus_one() -> None:
    _, start, sampled, stop = played("keba-p30")
    assert isinstance(start, SessionStarted)
    assert (start.evse_id, start.token) == (2, Token("04C1D2E3F4A5B6"))
    assert sampled == SamplesTaken(0, (Sample(at(8, 15, 59), register_wh=980_000.0),))
    assert isinstance(stop, SessionEnded)
    assert (stop.transaction_id, stop.token) == (None, Token("04C1D2E3F4A5B6"))


def test_wallbox_has_its_phases_added_up_and_its_unknown_stop_read() -> None:
    _, sampled, stop = played("wallbox-pulsar_plus")
    assert isinstance(sampled, SamplesTaken)
    assert sampled.samples[0].register_wh == 12_000.0
    assert sampled.samples[0].voltage_v == (231.0, None, None)
    assert isinstance(stop, SessionEnded)
    assert stop.samples == (Sample(at(8, 19, 58), "Transaction.End", 11_995.0),)


def test_huawei_without_a_name_sends_objects_for_arrays() -> None:
    boot, sampled, stop = played("huawei-scharger")
    assert boot.vendor == "Huawei"
    assert boot.serial_number == "GT2240000001-EXTENDED-SERIAL"
    assert sampled == SamplesTaken(1, (Sample(at(8, 9, 59), power_w=7_360.0),), "70014")
    assert [sample.register_wh for sample in stop.samples] == [5_410.0, 5_409.0]


def test_growatt_names_no_zone_and_reservation_zero() -> None:
    _, status, start = played("growatt-thor")
    assert status == ConnectorStatusChanged(1, 1, ConnectorStatus.PREPARING, at(8, 0, 2))
    assert (start.at, start.reservation_id) == (at(8, 0, 59), None)


def test_beny_has_its_leading_comma_taken_away() -> None:
    _, sampled = played("beny-bcp")
    sample = Sample(at(8, 4, 59), register_wh=25_100.0, current_a=(32.0, None, None))
    assert sampled == SamplesTaken(1, (sample,), "70016")


def test_aefa_has_its_empty_transaction_taken_away() -> None:
    _, sampled = played("aefa-home")
    assert sampled == SamplesTaken(1, (Sample(at(8, 4, 59), register_wh=1_500.0),))


def test_zaptec_means_unknown_by_its_largest_number() -> None:
    _, start, sampled, status = played("zaptec-go_2")
    assert start.samples == ()
    assert sampled.samples == (Sample(at(8, 1, 59), power_w=7_100.0),)
    assert status.status == ConnectorStatus.AVAILABLE


def test_grizzl_e_sends_null_and_half_an_answer() -> None:
    boot, heartbeat, broken, status = played("grizzl_e-smart")
    assert boot.model == "Grizzl-E Smart 80A Wifi"
    assert heartbeat == HeartbeatReceived()
    assert isinstance(broken, Malformed)
    assert (broken.answerable, broken.message_id) == (False, "c-1")
    assert status.at == at(8, 0, 30)


def test_evbox_names_no_transaction_and_pads_its_numbers() -> None:
    _, sampled = played("evbox-elvi")
    read = (Sample(at(6, 4, 59), register_wh=15_300.0),)
    assert sampled == SamplesTaken(1, read, unread=("SoC ",))


def test_delta_stops_transaction_zero() -> None:
    _, sampled, stop = played("delta-dc_wallbox")
    assert sampled == SamplesTaken(1, (Sample(at(8, 4, 59), power_w=24_800.0, soc_pct=61.0),))
    assert stop.transaction_id is None
    assert stop.samples[-1].register_wh == 90_210.0


@pytest.mark.parametrize(
    ("vendor", "name"),
    [
        ("ALFEN BV", "alfen"),
        ("alfen", "alfen"),
        (" Wallbox ", "wallbox"),
        ("Wall Box Chargers", "wallbox"),
        ("EV-BOX", "evbox"),
        ("ZJ Beny", "beny"),
        ("Grizzl-E", "grizzl_e"),
        ("Acme", "generic"),
        ("", "generic"),
    ],
)
def test_a_maker_is_known_in_any_spelling_of_its_name(vendor: str, name: str) -> None:
    assert adapter_for(vendor, "One", "1.0").name == name


def test_an_unknown_maker_has_its_broken_json_left_broken() -> None:
    text = '[2,"1","MeterValues",{"connectorId":1,"meterValue":[,{}]}]'
    frame, excuses = receive(text, GENERIC)
    assert isinstance(frame, Malformed)
    assert excuses == ()


def card_in(vendor: str, action: str, tag: str) -> str | None:
    """What is read for a card; None for none."""
    call = Call("m1", action, {"idTag": tag, "transactionId": 1, "connectorId": 1})
    card: str | None = adapter_for(vendor, "One", "1").adapt(call, ()).payload.get("idTag")
    return card


@pytest.mark.parametrize(
    ("vendor", "action", "tag", "card"),
    [
        ("Test", "Authorize", "x;04A1B2C3", "04A1B2C3"),
        ("Test", "StartTransaction", "VISA 1234;04A1B2C3", "04A1B2C3"),
        ("Test", "Authorize", "x;y;z", "x;y;z"),
        ("Test", "Authorize", "x;", "x;"),
        ("Test", "Authorize", ";x", ";x"),
        ("Test", "StopTransaction", "HardReset", None),
        ("Test", "StopTransaction", "04A1B2C3", "04A1B2C3"),
        ("Test", "Authorize", "HardReset", "HardReset"),
        ("KEBA", "StartTransaction", "04A1B2C3_17619300", "04A1B2C3"),
    ],
)
def test_what_is_no_part_of_a_card_is_left_out(
    vendor: str, action: str, tag: str, card: str | None
) -> None:
    assert card_in(vendor, action, tag) == card


@pytest.mark.parametrize(
    ("told", "phase", "volts"),
    [("398.5", "L1", "230.1"), ("231.0", "L1", "231.0"), ("400", "L1-L2", "400"), ("?", "L1", "?")],
)
def test_alfen_has_its_volts_between_phases_read_to_neutral(
    told: str, phase: str, volts: str
) -> None:
    sampled = {"measurand": "Voltage", "phase": phase, "value": told}
    values = [{"timestamp": "2025-03-04T08:00:00Z", "sampledValue": [sampled]}]
    call = Call("m1", "MeterValues", {"connectorId": 1, "meterValue": values})
    adapted = adapter_for("Alfen BV", "NG910", "6.1").adapt(call, ())
    assert adapted.payload["meterValue"][0]["sampledValue"][0]["value"] == volts
    assert sampled["value"] == told, "the frame is kept as it came"
