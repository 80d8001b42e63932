"""K: smart charging, without the car."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.domain.profiles import EXTERNAL, MAX, TX, TX_DEFAULT
from apps.power.models import ExternalLimit, HeldProfile
from tests.conformance.play import Play201, now
from tests.servers import eventually, rows

YES = {"status": "Accepted"}
START = datetime(2030, 1, 1, tzinfo=UTC)


def schedule(limit: float = 6.0, unit: str = "A", **more: Any) -> dict[str, Any]:
    return {"unit": unit, "periods": [{"start_s": 0, "limit": limit}]} | more


def absolute(limit: float = 6.0, unit: str = "A", **more: Any) -> dict[str, Any]:
    timed = schedule(limit, unit, start_at=START.isoformat(), duration_s=600)
    return {"kind": "Absolute", "schedules": [timed]} | more


def default(**more: Any) -> dict[str, Any]:
    return {"purpose": TX_DEFAULT, "stack_level": 0} | absolute() | more


async def given(v201: Play201, evse_id: int, profile: Any, answer: Any = YES) -> tuple[Any, Any]:
    """The operator sets a profile; what reached the station, and what the operator hears."""
    heard, outcome = await v201.ordered(
        "set_charging_profile", [("SetChargingProfile", answer)], evse_id=evse_id, profile=profile
    )
    return heard[0], outcome


async def held() -> list[tuple[int, int, str, float]]:
    """EVSE, id, purpose and first limit of what the station holds."""
    return await rows(
        lambda: [
            (h.evse_id, h.number, h.purpose, h.body["schedules"][0]["periods"][0]["limit"])
            for h in HeldProfile.objects.order_by("evse_id", "number")
        ]
    )


@pytest.mark.parametrize(("limit", "unit"), [(6.0, "A"), (6000.0, "W")])
async def test_tc_k_01_csms(v201: Play201, limit: float, unit: str) -> None:
    await v201.booted()
    until = (START + timedelta(seconds=600)).isoformat()
    wanted = default(valid_from=START.isoformat(), valid_to=until)
    heard, outcome = await given(v201, 1, wanted | absolute(limit, unit))
    assert heard == {
        "evseId": 1,
        "chargingProfile": {
            "id": 1,
            "stackLevel": 0,
            "chargingProfilePurpose": TX_DEFAULT,
            "chargingProfileKind": "Absolute",
            "validFrom": "2030-01-01T00:00:00Z",
            "validTo": "2030-01-01T00:10:00Z",
            "chargingSchedule": [
                {
                    "id": 1,
                    "startSchedule": "2030-01-01T00:00:00Z",
                    "duration": 600,
                    "chargingRateUnit": unit,
                    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
                }
            ],
        },
    }
    assert (outcome["status"], outcome["state"]) == ("accepted", "confirmed")
    assert await held() == [(1, 1, TX_DEFAULT, limit)]


async def test_tc_k_02_csms(v201: Play201) -> None:
    """We refuse a profile without its session; the raw door lets an engineer try."""
    await v201.booted()
    wanted = {"purpose": TX, "stack_level": 0, "kind": "Relative", "schedules": [schedule(7)]}
    body = {"evse_id": 1, "profile": wanted | {"transaction_id": "none-such"}}
    status, refused = await v201.operator.request(
        "POST", "stations/CP1/commands/", {"command": "set_charging_profile", "parameters": body}
    )
    assert status == 400
    assert "No session none-such runs here" in str(refused)
    raw = {
        "evseId": 1,
        "chargingProfile": {
            "id": 1, "stackLevel": 0, "chargingProfilePurpose": TX,
            "chargingProfileKind": "Relative", "transactionId": "none-such",
            "chargingSchedule": [{"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod":
                                  [{"startPeriod": 0, "limit": 7.0}]}],
        },
    }  # fmt: skip
    _, outcome = await v201.told("SetChargingProfile", raw, {"status": "Rejected"})
    assert outcome["status"] == "rejected"
    assert await held() == []


async def test_tc_k_03_csms(v201: Play201) -> None:
    await v201.booted()
    heard, _ = await given(v201, 0, {"purpose": MAX, "stack_level": 0} | absolute(8000, "W"))
    assert heard["evseId"] == 0
    profile = heard["chargingProfile"]
    assert profile["chargingProfilePurpose"] == MAX
    assert profile["chargingSchedule"][0]["startSchedule"] == "2030-01-01T00:00:00Z"
    assert await held() == [(0, 1, MAX, 8000)]


async def test_tc_k_04_csms(v201: Play201) -> None:
    """The same place is the same id: a replacement, never a second profile."""
    await v201.booted()
    first, _ = await given(v201, 1, default() | absolute(8))
    second, _ = await given(v201, 1, default() | absolute(6))
    assert first["chargingProfile"]["id"] == second["chargingProfile"]["id"]
    assert first["chargingProfile"]["chargingSchedule"][0]["startSchedule"]
    assert await held() == [(1, 1, TX_DEFAULT, 6)]


@pytest.mark.parametrize(("answer", "detail"), [("Accepted", "Accepted"), ("Unknown", "Unknown")])
async def test_tc_k_05_06_08_csms(v201: Play201, answer: str, detail: str) -> None:
    await v201.booted()
    await given(v201, 1, default(id=7))
    if answer == "Accepted":
        heard, outcome = await v201.ordered(
            "clear_charging_profile", [("ClearChargingProfile", YES)], profile_id=7
        )
        assert heard == [{"chargingProfileId": 7}]
        assert await held() == []
        await given(v201, 1, default())
    heard, outcome = await v201.ordered(
        "clear_charging_profile", [("ClearChargingProfile", {"status": answer})],
        evse_id=1, purpose=TX_DEFAULT, stack_level=0,
    )  # fmt: skip
    wanted = {"evseId": 1, "chargingProfilePurpose": TX_DEFAULT, "stackLevel": 0}
    assert heard == [{"chargingProfileCriteria": wanted}]
    assert (outcome["status"], outcome["detail"]) == ("accepted", detail)
    assert await held() == []


async def test_everything_is_cleared_purpose_by_purpose(v201: Play201) -> None:
    await v201.booted()
    await given(v201, 1, default())
    answers = [("ClearChargingProfile", {"status": word}) for word in
               ("Unknown", "Accepted", "Unknown")]  # fmt: skip
    heard, outcome = await v201.ordered("clear_charging_profile", answers)
    assert [h["chargingProfileCriteria"] for h in heard] == [
        {"chargingProfilePurpose": purpose} for purpose in (MAX, TX_DEFAULT, TX)
    ]
    assert outcome["status"] == "accepted"
    assert await held() == []


async def test_tc_k_10_csms(v201: Play201) -> None:
    await v201.booted()
    heard, _ = await given(v201, 0, default())
    assert heard["evseId"] == 0
    assert await held() == [(0, 1, TX_DEFAULT, 6)]


async def test_tc_k_15_csms(v201: Play201) -> None:
    await v201.booted()
    order = v201.operator.command("set_charging_profile", evse_id=1, profile=default())
    outcome = asyncio.create_task(order)
    await v201.answered("SetChargingProfile", {}, "NotSupported")
    told = await outcome
    assert (told["status"], told["error"]["code"]) == ("error", "NotSupported")
    assert await held() == []
    assert await v201.wire.is_alive()


@pytest.mark.parametrize("recurrency", ["Daily", "Weekly"])
async def test_tc_k_19_csms(v201: Play201, recurrency: str) -> None:
    await v201.booted()
    heard, _ = await given(v201, 1, default(kind="Recurring", recurrency=recurrency))
    profile = heard["chargingProfile"]
    assert profile["chargingProfileKind"] == "Recurring"
    assert profile["recurrencyKind"] == recurrency
    assert profile["chargingSchedule"][0]["startSchedule"] == "2030-01-01T00:00:00Z"


def told(number: int = 9, purpose: str = TX_DEFAULT, **more: Any) -> dict[str, Any]:
    """A profile as a station reports it."""
    periods = [{"startPeriod": 0, "limit": 12.0}]
    timed = {"id": 1, "startSchedule": now(), "chargingRateUnit": "A",
             "chargingSchedulePeriod": periods}  # fmt: skip
    return {
        "id": number, "stackLevel": 2, "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute", "chargingSchedule": [timed],
    } | more  # fmt: skip


async def asked(v201: Play201, **criteria: Any) -> Any:
    """The operator asks for profiles and is told one of EVSE 1; the payload of the call."""
    heard, _ = await v201.ordered(
        "get_charging_profiles", [("GetChargingProfiles", YES)], **criteria
    )
    report = {"requestId": heard[0]["requestId"], "chargingLimitSource": "CSO", "evseId": 1}
    assert await v201.ask("ReportChargingProfiles", report | {"chargingProfile": [told()]}) == {}
    assert await held() == [(1, 9, TX_DEFAULT, 12)]
    heard[0].pop("requestId")
    return heard[0]


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        pytest.param({"evse_id": 0, "purpose": MAX},
                     {"evseId": 0, "chargingProfile": {"chargingProfilePurpose": MAX}}, id="29"),
        pytest.param({"evse_id": 1, "purpose": TX_DEFAULT},
                     {"evseId": 1, "chargingProfile": {"chargingProfilePurpose": TX_DEFAULT}},
                     id="30, 35"),
        pytest.param({"profile_ids": [9]}, {"chargingProfile": {"chargingProfileId": [9]}},
                     id="32"),
        pytest.param({"evse_id": 1, "stack_level": 2},
                     {"evseId": 1, "chargingProfile": {"stackLevel": 2}}, id="33"),
        pytest.param({"evse_id": 1, "sources": ["CSO"]},
                     {"evseId": 1, "chargingProfile": {"chargingLimitSource": ["CSO"]}}, id="34"),
        pytest.param({"evse_id": 1, "purpose": TX_DEFAULT, "stack_level": 2},
                     {"evseId": 1, "chargingProfile": {"chargingProfilePurpose": TX_DEFAULT,
                                                       "stackLevel": 2}}, id="36"),
        pytest.param({}, {"chargingProfile": {"chargingLimitSource": ["CSO", "EMS", "SO",
                                                                      "Other"]}}, id="all"),
    ],
)  # fmt: skip
async def test_tc_k_29_30_32_33_34_35_36_csms(v201: Play201, wanted: Any, sent: Any) -> None:
    await v201.booted()
    assert await asked(v201, **wanted) == sent


async def test_tc_k_31_csms(v201: Play201) -> None:
    """Parts are put together; what the report does not name any more is gone."""
    await v201.booted()
    await given(v201, 1, default(id=5))
    heard, outcome = await v201.ordered(
        "get_charging_profiles", [("GetChargingProfiles", YES)], purpose=TX_DEFAULT
    )
    assert heard[0]["chargingProfile"] == {"chargingProfilePurpose": TX_DEFAULT}
    assert "evseId" not in heard[0]
    report = {"requestId": heard[0]["requestId"], "chargingLimitSource": "CSO"}
    part = report | {"evseId": 1, "tbc": True, "chargingProfile": [told(9)]}
    assert await v201.ask("ReportChargingProfiles", part) == {}
    assert [number for _, number, *_ in await held()] == [5, 9]
    last = report | {"evseId": 2, "chargingProfile": [told(10)]}
    assert await v201.ask("ReportChargingProfiles", last) == {}
    assert await held() == [(1, 9, TX_DEFAULT, 12), (2, 10, TX_DEFAULT, 12)]
    _, command = await v201.operator.request("GET", f"commands/{outcome['id']}/")
    assert (command["state"], command["observed"]) == ("confirmed", "The profiles came")


async def test_no_profiles_is_news_too(v201: Play201) -> None:
    await v201.booted()
    await given(v201, 1, default())
    none = [("GetChargingProfiles", {"status": "NoProfiles"})]
    _, outcome = await v201.ordered("get_charging_profiles", none, evse_id=1)
    assert outcome["detail"] == "NoProfiles"
    assert await held() == []


async def test_tc_k_37_csms(v201: Play201) -> None:
    await v201.booted()
    limit = {"purpose": TX, "stack_level": 0, "kind": "Relative", "schedules": [schedule(7)]}
    heard, outcome = await v201.ordered(
        "start_session", [("RequestStartTransaction", YES)],
        token="AB12", token_type="ISO14443", evse_id=1, charging_profile=limit,
    )  # fmt: skip
    profile = heard[0]["chargingProfile"]
    assert heard[0]["evseId"] == 1
    assert profile["chargingProfilePurpose"] == TX
    assert "transactionId" not in profile
    assert "startSchedule" not in profile["chargingSchedule"][0]
    info = {"transactionId": v201.begin(), "remoteStartId": heard[0]["remoteStartId"]}
    await v201.event("Started", "RemoteStart", "EVConnected", evse=1, info=info)
    assert await held() == [(1, 1, TX, 7)]
    await v201.stopped()
    await eventually(lambda: not HeldProfile.objects.exists(), "the end of the TxProfile")
    assert outcome["status"] == "accepted"


@pytest.mark.parametrize("evse_id", [1, 0])
async def test_tc_k_43_44_csms(v201: Play201, evse_id: int) -> None:
    await v201.booted()
    answer = YES | {
        "schedule": {
            "evseId": evse_id, "duration": 300, "scheduleStart": now(), "chargingRateUnit": "W",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6000.0}],
        }
    }  # fmt: skip
    heard, outcome = await v201.ordered(
        "get_composite_schedule", [("GetCompositeSchedule", answer)],
        evse_id=evse_id, duration_s=300, unit="W",
    )  # fmt: skip
    assert heard == [{"evseId": evse_id, "duration": 300, "chargingRateUnit": "W"}]
    assert (outcome["status"], outcome["response"]) == ("accepted", answer)


LIMIT = {"chargingLimit": {"chargingLimitSource": "EMS", "isGridCritical": False}}


async def test_tc_k_48_csms(v201: Play201) -> None:
    await v201.booted()
    timed = {"id": 1, "chargingRateUnit": "A",
             "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}]}  # fmt: skip
    sent = LIMIT | {"evseId": 1, "chargingSchedule": [timed]}
    assert await v201.ask("NotifyChargingLimit", sent) == {}
    known = await rows(lambda: ExternalLimit.objects.get())
    assert (known.evse_id, known.source, known.is_grid_critical) == (1, "EMS", False)
    assert known.schedules[0]["periods"] == [{"start_s": 0, "limit": 10.0}]


@pytest.mark.parametrize("is_charging", [False, True])
async def test_tc_k_50_51_csms(v201: Play201, is_charging: bool) -> None:
    await v201.booted()
    if is_charging:
        await v201.charging()
    assert await v201.ask("NotifyChargingLimit", LIMIT) == {}
    assert await rows(lambda: ExternalLimit.objects.count()) == 1
    assert await v201.ask("ClearedChargingLimit", {"chargingLimitSource": "EMS"}) == {}
    assert await rows(lambda: ExternalLimit.objects.count()) == 0
    if is_charging:
        assert await v201.event("Updated", "ChargingRateChanged", "Charging") == {}


async def test_tc_k_52_csms(v201: Play201) -> None:
    await v201.booted()
    heard, _ = await v201.ordered(
        "get_charging_profiles", [("GetChargingProfiles", YES)], evse_id=0, purpose=EXTERNAL
    )
    report = {"requestId": heard[0]["requestId"], "chargingLimitSource": "SO", "evseId": 0}
    profile = told(purpose=EXTERNAL)
    assert await v201.ask("ReportChargingProfiles", report | {"chargingProfile": [profile]}) == {}
    known = await rows(lambda: HeldProfile.objects.get())
    assert (known.purpose, known.source, known.is_reported) == (EXTERNAL, "SO", True)


@pytest.mark.parametrize("kind", ["Relative", "Absolute"])
async def test_tc_k_60_csms(v201: Play201, kind: str) -> None:
    await v201.booted()
    await v201.charging()
    timed = {"start_at": START.isoformat()} if kind == "Absolute" else {}
    wanted = {"purpose": TX, "stack_level": 0, "kind": kind, "schedules": [schedule(6, **timed)],
              "transaction_id": v201.transaction_id}  # fmt: skip
    heard, _ = await given(v201, 1, wanted)
    assert heard["chargingProfile"]["transactionId"] == v201.transaction_id
    sent = heard["chargingProfile"]["chargingSchedule"][0]
    assert ("startSchedule" in sent) == (kind == "Absolute")
    assert await held() == [(1, 1, TX, 6)]
    await v201.stopped()
    await eventually(lambda: not HeldProfile.objects.exists(), "the end of the TxProfile")


async def test_tc_k_70_csms(v201: Play201) -> None:
    await v201.booted()
    first, _ = await given(v201, 1, default())
    second, _ = await given(v201, 0, {"purpose": MAX, "stack_level": 0} | absolute(8))
    assert first["chargingProfile"]["id"] != second["chargingProfile"]["id"]
    assert await held() == [(0, 2, MAX, 8), (1, 1, TX_DEFAULT, 6)]


async def test_a_rule_of_the_station_is_kept_before_anything_is_sent(v201: Play201) -> None:
    """A second profile at the place of another would be refused by the station (K01.FR.39)."""
    await v201.booted()
    await given(v201, 1, default(id=4))
    body = {"evse_id": 1, "profile": default(id=5)}
    status, refused = await v201.operator.request(
        "POST", "stations/CP1/commands/", {"command": "set_charging_profile", "parameters": body}
    )
    assert status == 400
    assert "Profile 4 has the same purpose and stack level" in str(refused)
    assert v201.wire.calls.empty()


async def test_a_refused_profile_is_not_believed(v201: Play201) -> None:
    await v201.booted()
    await given(v201, 1, default(id=4), {"status": "Rejected"})
    assert await held() == []
