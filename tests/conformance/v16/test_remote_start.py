"""Starts and stops from afar in OCPP 1.6."""

from typing import Any

import pytest

from apps.power.models import HeldProfile
from apps.sessions.models import Session
from tests.conformance.play import Play16
from tests.servers import eventually, rows

YES = {"status": "Accepted"}
NO = {"status": "Rejected"}


async def started(v16: Play16, answer: Any = YES, **more: Any) -> tuple[Any, Any]:
    heard, outcome = await v16.ordered(
        "start_session", [("RemoteStartTransaction", answer)], token="AB12", evse_id=1, **more
    )
    return heard[0], outcome


async def begun(v16: Play16, outcome: Any) -> int:
    """The driver's card is accepted, the session begins and confirms the command."""
    assert (await v16.authorize())["idTagInfo"]["status"] == "Accepted"
    answer = await v16.start()
    assert answer["idTagInfo"]["status"] == "Accepted"
    assert await v16.status("Charging") == {}
    _, command = await v16.operator.request("GET", f"commands/{outcome['id']}/")
    assert (command["state"], command["observed"]) == ("confirmed", "The session began")
    return int(answer["transactionId"])


async def test_tc_010_csms(v16: Play16) -> None:
    await v16.booted()
    await v16.status("Preparing")
    heard, outcome = await started(v16)
    assert heard == {"idTag": "AB12", "connectorId": 1}
    assert outcome["status"] == "accepted"
    number = await begun(v16, outcome)
    session = await rows(lambda: Session.objects.get(transaction_id=str(number)))
    assert (session.token_uid, session.ended_at) == ("AB12", None)


async def test_tc_011_1_csms(v16: Play16) -> None:
    await v16.booted()
    _, outcome = await started(v16)
    await v16.status("Preparing")
    await begun(v16, outcome)


async def test_tc_011_2_csms(v16: Play16) -> None:
    """Nobody plugs in: the command is accepted, and no session comes of it."""
    await v16.booted()
    _, outcome = await started(v16)
    assert (await v16.authorize())["idTagInfo"]["status"] == "Accepted"
    await v16.status("Preparing")
    await v16.status("Available")
    path = f"commands/{outcome['id']}/"
    assert (await v16.operator.request("GET", path))[1]["state"] == "accepted"
    assert await rows(lambda: Session.objects.count()) == 0


async def test_tc_012_csms(v16: Play16) -> None:
    await v16.booted()
    number = await v16.charging()
    heard, outcome = await v16.ordered(
        "stop_session", [("RemoteStopTransaction", YES)], transaction_id=str(number)
    )
    assert heard == [{"transactionId": number}]
    await v16.stop(number, reason="Remote")
    await v16.status("Finishing")
    await v16.status("Available")
    session = await rows(lambda: Session.objects.get(transaction_id=str(number)))
    assert session.stop_reason == "Remote"
    _, command = await v16.operator.request("GET", f"commands/{outcome['id']}/")
    assert (command["state"], command["observed"]) == ("confirmed", "The session ended")


async def test_tc_026_csms(v16: Play16) -> None:
    await v16.booted()
    _, outcome = await started(v16, NO)
    assert (outcome["status"], outcome["detail"]) == ("rejected", "Rejected")


async def test_tc_028_csms(v16: Play16) -> None:
    await v16.booted()
    number = await v16.charging()
    _, outcome = await v16.ordered(
        "stop_session", [("RemoteStopTransaction", NO)], transaction_id=str(number)
    )
    assert outcome["status"] == "rejected"
    session = await rows(lambda: Session.objects.get(transaction_id=str(number)))
    assert session.ended_at is None


@pytest.mark.parametrize("kind", ["Relative", "Absolute"])
async def test_tc_059_csms(v16: Play16, kind: str) -> None:
    await v16.booted()
    timed: dict[str, Any] = {"unit": "A", "periods": [{"start_s": 0, "limit": 6}]}
    if kind == "Absolute":
        timed["start_at"] = "2030-01-01T00:00:00Z"
    limit = {"purpose": "TxProfile", "stack_level": 0, "kind": kind, "schedules": [timed]}
    heard, outcome = await started(v16, charging_profile=limit)
    sent = heard["chargingProfile"]
    assert sent["chargingProfilePurpose"] == "TxProfile"
    assert "transactionId" not in sent
    assert sent["chargingSchedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 6.0}]
    assert ("startSchedule" in sent["chargingSchedule"]) == (kind == "Absolute")
    number = await begun(v16, outcome)
    assert await rows(lambda: HeldProfile.objects.count()) == 1
    await v16.stop(number)
    await eventually(lambda: not HeldProfile.objects.exists(), "the end of the TxProfile")
