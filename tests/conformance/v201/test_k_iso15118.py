"""K: smart charging with a car that speaks ISO 15118."""

from typing import Any

import pytest

from apps.commands.models import OPEN, CommandRow
from apps.domain.profiles import TX, TX_DEFAULT
from apps.power.models import EvPlan, HeldProfile
from tests.conformance.play import Play201, now
from tests.conformance.v201.test_k_profiles import YES, absolute, given, held, schedule
from tests.servers import eventually, rows

AC = {
    "requestedEnergyTransfer": "AC_three_phase",
    "acChargingParameters": {
        "energyAmount": 30_000, "evMinCurrent": 6, "evMaxCurrent": 32, "evMaxVoltage": 400,
    },
}  # fmt: skip


async def needs(v201: Play201, **more: Any) -> str:
    answer = await v201.ask("NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": AC} | more)
    return answer["status"]


async def offered(v201: Play201, answer: Any = YES) -> Any:
    """The profile that reaches the car within its session."""
    heard = await v201.answered("SetChargingProfile", answer)
    profile = heard["chargingProfile"]
    assert heard["evseId"] == 1
    assert profile["chargingProfilePurpose"] == TX
    assert profile["transactionId"] == v201.transaction_id
    assert len(profile["chargingSchedule"]) <= 3
    return profile


async def means(v201: Play201, limit: float, unit: str = "A") -> str:
    """The car says how it will charge; the status of our answer."""
    periods = [{"startPeriod": 0, "limit": limit}]
    timed = {"id": 1, "duration": 3600, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}
    told = {"evseId": 1, "timeBase": now(), "chargingSchedule": timed}
    answer = await v201.ask("NotifyEVChargingSchedule", told)
    return answer["status"]


def limits(profile: Any) -> list[float]:
    return [p["limit"] for p in profile["chargingSchedule"][0]["chargingSchedulePeriod"]]


async def silent(v201: Play201) -> bool:
    """Nothing was sent to the station, and nothing waits for it once its answers are in."""
    waiting = CommandRow.objects.filter(state__in=OPEN)
    await eventually(lambda: not waiting.exists(), "the end of all commands")
    assert await v201.wire.is_alive()
    return v201.wire.calls.empty()


async def charging(v201: Play201) -> None:
    await v201.booted()
    await v201.charging()


async def test_tc_k_53_csms(v201: Play201) -> None:
    """Needs bring one offer, and nothing comes unasked after it."""
    await charging(v201)
    assert await needs(v201, maxScheduleTuples=3) == "Accepted"
    assert limits(await offered(v201)) == [32]
    await eventually(lambda: HeldProfile.objects.exists(), "the profile of the car")
    assert await means(v201, 32) == "Accepted"
    assert await silent(v201)
    plan = await rows(lambda: EvPlan.objects.get())
    assert (plan.answer, plan.is_within, plan.energy_wh) == ("Accepted", True, 30_000)


async def test_tc_k_55_csms(v201: Play201) -> None:
    """A schedule beyond the limits is rejected, and a new profile follows."""
    await charging(v201)
    await given(v201, 1, {"purpose": TX_DEFAULT, "stack_level": 0, "kind": "Relative",
                          "schedules": [schedule(16)]})  # fmt: skip
    assert await needs(v201) == "Accepted"
    first = await offered(v201)
    assert limits(first) == [16]
    assert await means(v201, 20) == "Rejected"
    second = await offered(v201)
    assert (second["id"], limits(second)) == (first["id"], [16])
    assert await means(v201, 16) == "Accepted"
    assert await silent(v201)


async def test_tc_k_57_csms(v201: Play201) -> None:
    """New needs in the midst of a session are answered and bring a new offer."""
    await charging(v201)
    assert await needs(v201) == "Accepted"
    first = await offered(v201)
    less = AC["acChargingParameters"] | {"evMaxCurrent": 10}
    assert await needs(v201, chargingNeeds=AC | {"acChargingParameters": less}) == "Accepted"
    second = await offered(v201)
    assert second["id"] == first["id"]
    assert limits(second) == [10]
    await eventually(lambda: HeldProfile.objects.filter(command_id__isnull=False).count() == 1)
    assert await means(v201, 10) == "Accepted"


async def test_tc_k_58_csms(v201: Play201) -> None:
    """The operator renegotiates; the car's next schedule is held against the new limits."""
    await charging(v201)
    await needs(v201)
    await offered(v201)
    await renegotiated(v201, 13)
    assert await means(v201, 14) == "Rejected"
    assert limits(await offered(v201)) == [13]
    assert await means(v201, 13) == "Accepted"
    assert await silent(v201)


async def test_tc_k_59_csms(v201: Play201) -> None:
    """The operator renegotiates and the car answers with new needs: again a profile."""
    await charging(v201)
    await needs(v201)
    await offered(v201)
    await renegotiated(v201, 13)
    assert await needs(v201) == "Accepted"
    assert limits(await offered(v201)) == [13]
    assert await means(v201, 13) == "Accepted"


async def renegotiated(v201: Play201, limit: float) -> None:
    wanted = {"purpose": TX, "stack_level": 1, "kind": "Relative",
              "transaction_id": v201.transaction_id, "schedules": [schedule(limit)]}  # fmt: skip
    heard, _ = await given(v201, 1, wanted)
    assert heard["chargingProfile"]["transactionId"] == v201.transaction_id


async def test_needs_without_a_session_are_rejected(v201: Play201) -> None:
    await v201.booted()
    assert await needs(v201) == "Rejected"
    assert await silent(v201)


async def test_the_offer_keeps_within_what_others_impose(v201: Play201) -> None:
    await charging(v201)
    periods = [{"startPeriod": 0, "limit": 8.04}]
    imposed = [{"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}]
    limit = {"chargingLimit": {"chargingLimitSource": "EMS"}, "chargingSchedule": imposed}
    await v201.ask("NotifyChargingLimit", limit)
    assert await needs(v201) == "Accepted"
    assert limits(await offered(v201)) == [8.0]


@pytest.mark.parametrize(("tuples", "expected"), [(10, [16, 10, 12]), (2, [16, 10])])
async def test_the_offer_fits_into_the_car(v201: Play201, tuples: int, expected: Any) -> None:
    await charging(v201)
    steps = [{"start_s": 0, "limit": 16}, {"start_s": 900, "limit": 10},
             {"start_s": 1800, "limit": 12}]  # fmt: skip
    timed = {"unit": "A", "start_at": now(), "periods": steps}
    default = {"purpose": TX_DEFAULT, "stack_level": 0} | absolute() | {"schedules": [timed]}
    await given(v201, 1, default)
    assert await needs(v201, maxScheduleTuples=tuples) == "Accepted"
    assert limits(await offered(v201)) == expected
    assert len(await held()) >= 1
