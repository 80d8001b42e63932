"""E: transactions – every way to begin one, to go on with it, and to end it."""

from typing import Any

import pytest

from apps.sessions.models import Sample, Session
from apps.stations.models import Station
from apps.tokens.models import Token
from tests.conformance.play import TOKEN, Operator, Play201, now
from tests.servers import rows
from tests.throwaway import Platform

ACCEPTED = {"status": "Accepted"}
STOPPED = "stoppedReason"


async def stored(play: Play201) -> Session:
    """The session of the running transaction."""
    return await rows(lambda: Session.objects.get(transaction_id=play.transaction_id))


async def test_tc_e_01_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.status("Occupied")
    answer = await v201.event("Started", "Authorized", "SuspendedEVSE", evse=1, token=TOKEN)
    assert answer["idTokenInfo"] == ACCEPTED
    assert await v201.event("Updated", "ChargingStateChanged", "Charging") == {}
    session = await stored(v201)
    assert (session.evse_id, session.token_uid, session.state) == (1, "AB12", "charging")


async def test_tc_e_02_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.status("Occupied")
    answer = await v201.event("Started", "ChargingStateChanged", "Charging", evse=1, token=TOKEN)
    assert answer["idTokenInfo"] == ACCEPTED


async def test_tc_e_03_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.status("Occupied")
    assert await v201.event("Started", "CablePluggedIn", "EVConnected", evse=1) == {}
    answer = await v201.event("Updated", "Authorized", token=TOKEN)
    assert answer["idTokenInfo"] == ACCEPTED
    await v201.event("Updated", "ChargingStateChanged", "Charging")
    assert (await stored(v201)).token_uid == "AB12"


async def test_tc_e_04_csms(v201: Play201) -> None:
    await v201.booted()
    assert (await v201.authorize())["idTokenInfo"] == ACCEPTED
    answer = await v201.event("Started", "Authorized", token=TOKEN)
    assert answer["idTokenInfo"] == ACCEPTED
    await v201.status("Occupied")
    await v201.event("Updated", "CablePluggedIn", "EVConnected", evse=1)
    await v201.event("Updated", "ChargingStateChanged", "Charging")
    session = await stored(v201)
    assert (session.evse_id, session.state) == (1, "charging")


@pytest.mark.parametrize(
    ("trigger", "state"), [("StopAuthorized", "EVConnected"), ("StopAuthorized", None)]
)
async def test_tc_e_07_15_csms(v201: Play201, trigger: str, state: str | None) -> None:
    await v201.booted()
    await v201.charging()
    answer = await v201.event("Ended", trigger, state, token=TOKEN, info={STOPPED: "Local"})
    assert answer["idTokenInfo"] == ACCEPTED
    session = await stored(v201)
    assert (session.state, session.stop_reason) == ("ended", "Local")


async def test_tc_e_08_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.charging()
    answer = await v201.event("Updated", "StopAuthorized", token=TOKEN)
    assert answer["idTokenInfo"] == ACCEPTED
    await v201.event("Ended", "ChargingStateChanged", "EVConnected", info={STOPPED: "Local"})
    assert (await stored(v201)).state == "ended"


async def test_tc_e_09_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.status("Occupied")
    assert await v201.event("Started", "CablePluggedIn", "EVConnected", evse=1) == {}
    assert (await stored(v201)).token_uid == ""


async def test_tc_e_10_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.authorize()
    answer = await v201.event("Started", "Authorized", token=TOKEN)
    assert answer["idTokenInfo"] == ACCEPTED
    assert (await stored(v201)).evse_id is None


async def test_tc_e_11_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.status("Occupied")
    signed = {
        "signedMeterData": "c2lnbmVk",
        "signingMethod": "ECDSAP256SHA256",
        "encodingMethod": "OCMF",
        "publicKey": "a2V5",
    }
    sampled = {"value": 0.0, "context": "Transaction.Begin", "signedMeterValue": signed}
    reading = [{"timestamp": now(), "sampledValue": [sampled]}]
    answer = await v201.event(
        "Started", "SignedDataReceived", evse=1, token=TOKEN, meterValue=reading
    )
    assert answer["idTokenInfo"] == ACCEPTED
    session = await stored(v201)
    sample = await rows(lambda: Sample.objects.get(session_id=session.pk))
    assert (sample.register_wh, sample.context) == (0.0, "Transaction.Begin")


async def test_tc_e_12_csms(v201: Play201) -> None:
    await v201.booted()
    assert await v201.event("Started", "EVDetected") == {}
    session = await stored(v201)
    assert (session.evse_id, session.token_uid) == (None, "")


@pytest.mark.parametrize(
    ("trigger", "reason"),
    [("EVCommunicationLost", "EVDisconnected"), ("EVDeparted", "Local")],
    ids=["cable", "bay"],
)
async def test_tc_e_14_17_19_20_csms(v201: Play201, trigger: str, reason: str) -> None:
    """The car, its cable or the bay ends it, after the token or without it."""
    await v201.booted()
    await v201.charging()
    await v201.event("Updated", "ChargingStateChanged", "EVConnected")
    assert await v201.status("Available") == {}
    await v201.event("Ended", trigger, "Idle", info={STOPPED: reason})
    session = await stored(v201)
    assert (session.state, session.stop_reason) == ("ended", reason)


async def test_tc_e_16_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.status("Occupied")
    nobody = {"idToken": "NOBODY", "type": "ISO14443"}
    answer = await v201.event("Started", "Authorized", "EVConnected", evse=1, token=nobody)
    assert answer["idTokenInfo"]["status"] in {"Invalid", "Unknown"}
    await v201.event("Ended", "Deauthorized", "EVConnected", info={STOPPED: "DeAuthorized"})
    session = await stored(v201)
    assert session.state == "ended"
    assert "unauthorised" in session.flags


async def test_tc_e_21_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.charging()
    wanted = {"transactionId": v201.transaction_id}
    heard, outcome = await v201.ordered(
        "stop_session", [("RequestStopTransaction", ACCEPTED)], transaction_id=v201.transaction_id
    )
    assert heard == [wanted]
    assert outcome["state"] in {"accepted", "confirmed"}
    await v201.event("Ended", "RemoteStop", "EVConnected", info={STOPPED: "Remote"})
    assert (await stored(v201)).stop_reason == "Remote"


async def test_tc_e_22_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.charging()
    await v201.event("Ended", "ChargingStateChanged", "SuspendedEV", info={STOPPED: "StoppedByEV"})
    assert (await stored(v201)).stop_reason == "StoppedByEV"


async def test_tc_e_26_csms(v201: Play201) -> None:
    """The cable leaves and comes back: the transaction goes on although the plug was free."""
    await v201.booted()
    await v201.charging()
    await v201.event("Updated", "EVCommunicationLost", "Idle")
    await v201.status("Available")
    await v201.status("Occupied")
    await v201.event("Updated", "CablePluggedIn", "EVConnected")
    await v201.event("Updated", "ChargingStateChanged", "Charging", wh=900)
    assert (await stored(v201)).state == "charging"
    assert await rows(Session.objects.count) == 1


async def asked(play: Play201, payload: Any, answer: Any) -> None:
    heard, outcome = await play.told("GetTransactionStatus", payload, answer)
    assert heard == payload
    assert outcome["response"] == answer


async def test_tc_e_29_csms(curious: Platform, operator: Operator, card: Token) -> None:
    v201 = Play201(curious, operator)
    await rows(lambda: Station.objects.update(boot_status="Accepted"))  # it has been read
    await v201.connect()
    await v201.booted()
    await v201.charging()
    wanted = {"transactionId": v201.transaction_id}
    await v201.leave()
    await v201.connect()
    known = {"ongoingIndicator": True, "messagesInQueue": True}
    assert await v201.answered("GetTransactionStatus", known) == wanted
    await v201.event("Updated", "MeterValuePeriodic", wh=700, offline=True)
    assert (await stored(v201)).energy_wh == 700
    await v201.leave()


async def test_tc_e_30_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.charging()
    known = {"ongoingIndicator": True, "messagesInQueue": False}
    await asked(v201, {"transactionId": v201.transaction_id}, known)
    assert (await stored(v201)).state == "charging"


async def test_tc_e_31_csms(v201: Play201) -> None:
    """The end comes first; what lies between comes late, and counts."""
    await v201.booted()
    await v201.charging()
    late, between = v201.seq_no, [v201.later(), v201.later()]
    v201.seq_no += 2
    await v201.event(
        "Ended", "EVCommunicationLost", "Idle", wh=3000, context="Transaction.End",
        info={STOPPED: "EVDisconnected"}, offline=True,
    )  # fmt: skip
    gone = {"ongoingIndicator": False, "messagesInQueue": True}
    await asked(v201, {"transactionId": v201.transaction_id}, gone)
    assert "gaps" in (await stored(v201)).flags
    v201.seq_no = late
    for register, at in zip((1000, 2000), between, strict=True):
        await v201.event("Updated", "MeterValuePeriodic", wh=register, at=at, offline=True)
    session = await stored(v201)
    assert (session.state, session.energy_wh, session.flags) == ("ended", 3000, "")


@pytest.mark.parametrize("waits", [True, False])
async def test_tc_e_33_34_csms(v201: Play201, waits: bool) -> None:
    await v201.booted()
    await v201.charging()
    await asked(v201, {}, {"messagesInQueue": waits})
    if waits:
        await v201.event("Updated", "MeterValuePeriodic", wh=100, offline=True)
    assert (await stored(v201)).state == "charging"


async def test_tc_e_38_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.status("Occupied")
    await v201.event("Started", "Authorized", "EVConnected", evse=1, token=TOKEN)
    await v201.event("Updated", "ChargingStateChanged", "SuspendedEV")
    assert (await stored(v201)).state == "suspended_ev"
    await v201.event("Updated", "ChargingStateChanged", "Charging")
    assert (await stored(v201)).state == "charging"


async def test_tc_e_39_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.event("Started", "Authorized", token=TOKEN)
    await v201.event("Ended", "EVConnectTimeout", "Idle", info={STOPPED: "Timeout"})
    session = await stored(v201)
    assert (session.stop_reason, session.energy_wh) == ("Timeout", 0)


async def test_tc_e_53_csms(v201: Play201) -> None:
    await v201.booted()
    for register in (500, 800):
        await v201.charging()
        assert v201.seq_no == 2
        info = {STOPPED: "Local"}
        await v201.event("Ended", "StopAuthorized", wh=register, token=TOKEN, info=info)
    ended = await rows(lambda: list(Session.objects.filter(state="ended").order_by("id")))
    assert [session.seqs for session in ended] == ["0-2", "0-2"]
