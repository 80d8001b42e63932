"""Smart charging of OCPP 1.6."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.domain.profiles import MAX, TX, TX_DEFAULT
from apps.power.models import HeldProfile
from tests.conformance.play import Play16, now
from tests.servers import eventually, rows

YES = {"status": "Accepted"}
START = datetime(2030, 1, 1, tzinfo=UTC)


def profile(purpose: str, kind: str = "Absolute", limit: float = 6, **more: Any) -> Any:
    timed: dict[str, Any] = {"unit": "A", "duration_s": 600,
                             "periods": [{"start_s": 0, "limit": limit}]}  # fmt: skip
    valid = {}
    if kind == "Absolute":
        timed["start_at"] = START.isoformat()
        until = START + timedelta(seconds=600)
        valid = {"valid_from": START.isoformat(), "valid_to": until.isoformat()}
    return {"purpose": purpose, "stack_level": 0, "kind": kind, "schedules": [timed]} | valid | more


async def given(v16: Play16, connector: int, wanted: Any) -> Any:
    heard, outcome = await v16.ordered(
        "set_charging_profile", [("SetChargingProfile", YES)], evse_id=connector, profile=wanted
    )
    assert outcome["state"] == "confirmed"
    return heard[0]


async def held() -> list[tuple[int, int, str]]:
    return await rows(
        lambda: [
            (h.evse_id, h.number, h.purpose)
            for h in HeldProfile.objects.order_by("evse_id", "number")
        ]
    )


@pytest.mark.parametrize("limit", [6.0, 21.4])
async def test_tc_056_csms(v16: Play16, limit: float) -> None:
    await v16.booted()
    heard = await given(v16, 1, profile(TX_DEFAULT, limit=limit))
    assert heard == {
        "connectorId": 1,
        "csChargingProfiles": {
            "chargingProfileId": 1,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "validFrom": "2030-01-01T00:00:00Z",
            "validTo": "2030-01-01T00:10:00Z",
            "chargingSchedule": {
                "startSchedule": "2030-01-01T00:00:00Z",
                "duration": 600,
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
            },
        },
    }
    assert await held() == [(1, 1, TX_DEFAULT)]


@pytest.mark.parametrize("kind", ["Absolute", "Relative"])
async def test_tc_057_csms(v16: Play16, kind: str) -> None:
    await v16.booted()
    number = await v16.charging()
    heard = await given(v16, 1, profile(TX, kind, transaction_id=str(number)))
    sent = heard["csChargingProfiles"]
    assert sent["transactionId"] == number
    assert ("startSchedule" in sent["chargingSchedule"]) == (kind == "Absolute")
    assert ("validFrom" in sent) == (kind == "Absolute")
    await v16.stop(number)
    await eventually(lambda: not HeldProfile.objects.exists(), "the end of the TxProfile")


@pytest.mark.parametrize("connector", [1, 0])
async def test_tc_066_csms(v16: Play16, connector: int) -> None:
    await v16.booted()
    periods = [{"startPeriod": 0, "limit": 6.0}]
    answer = YES | {
        "connectorId": connector, "scheduleStart": now(),
        "chargingSchedule": {"duration": 300, "chargingRateUnit": "A",
                             "chargingSchedulePeriod": periods},
    }  # fmt: skip
    heard, outcome = await v16.ordered(
        "get_composite_schedule", [("GetCompositeSchedule", answer)],
        evse_id=connector, duration_s=300, unit="A",
    )  # fmt: skip
    assert heard == [{"connectorId": connector, "duration": 300, "chargingRateUnit": "A"}]
    assert outcome["response"] == answer


async def test_tc_067_csms(v16: Play16) -> None:
    """Three purposes on one level; cleared by id, by criteria, then all that is left."""
    await v16.booted()
    number = await v16.charging()
    first = await given(v16, 0, profile(MAX))
    assert first["csChargingProfiles"]["chargingProfilePurpose"] == "ChargePointMaxProfile"
    await given(v16, 1, profile(TX_DEFAULT))
    await given(v16, 1, profile(TX, transaction_id=str(number)))
    assert await held() == [(0, 1, MAX), (1, 2, TX_DEFAULT), (1, 3, TX)]
    assert await cleared(v16, profile_id=2) == {"id": 2}
    assert await held() == [(0, 1, MAX), (1, 3, TX)]
    criteria = {"evse_id": 0, "purpose": MAX, "stack_level": 0}
    assert await cleared(v16, **criteria) == {
        "connectorId": 0, "chargingProfilePurpose": "ChargePointMaxProfile", "stackLevel": 0,
    }  # fmt: skip
    assert await held() == [(1, 3, TX)]
    assert await cleared(v16) == {}
    assert await held() == []


async def cleared(v16: Play16, **criteria: Any) -> Any:
    heard, outcome = await v16.ordered(
        "clear_charging_profile", [("ClearChargingProfile", YES)], **criteria
    )
    assert outcome["status"] == "accepted"
    return heard[0]


async def test_the_same_level_replaces(v16: Play16) -> None:
    """Unlike 2.0.1, another id at the same place is no mistake (1.6 §3.13.2)."""
    await v16.booted()
    await given(v16, 1, profile(TX_DEFAULT, id=4))
    await given(v16, 1, profile(TX_DEFAULT, id=9))
    assert await held() == [(1, 9, TX_DEFAULT)]


async def test_a_1_6_station_cannot_tell_its_profiles(v16: Play16) -> None:
    await v16.booted()
    body = {"command": "get_charging_profiles", "parameters": {}}
    status, refused = await v16.operator.request("POST", "stations/CP1/commands/", body)
    assert status == 400
    assert "cannot tell which profiles it holds" in str(refused)
