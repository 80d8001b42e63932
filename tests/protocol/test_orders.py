"""Calls of ours as a maker takes them: another form, the same effect."""

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.domain.vocabulary import Protocol
from apps.protocol.validation import problems
from apps.protocol.vendors import GENERIC, adapter_for

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WALLBOX = adapter_for("Wall Box Chargers", "Pulsar Plus", "6.1")


def profile(**more: Any) -> dict[str, Any]:
    schedule = {
        "startSchedule": "2026-03-01T12:00:00Z", "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}],
    }  # fmt: skip
    return {
        "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute", "chargingSchedule": schedule | more.pop("schedule", {}),
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("action", "member"),
    [("SetChargingProfile", "csChargingProfiles"), ("RemoteStartTransaction", "chargingProfile")],
)
def test_a_limit_that_holds_from_now_on_is_told_relative_to_the_session(
    action: str, member: str
) -> None:
    more = {"connectorId": 1} | ({"idTag": "AB12"} if action != "SetChargingProfile" else {})
    given: dict[str, Any] = more | {member: profile()}
    told = WALLBOX.order(action, given, NOW)
    assert told[member]["chargingProfileKind"] == "Relative"
    assert "startSchedule" not in told[member]["chargingSchedule"]
    assert given[member]["chargingProfileKind"] == "Absolute"
    assert problems(Protocol.OCPP16, action, "request", told) == []
    assert GENERIC.order(action, given, NOW) is given


@pytest.mark.parametrize(
    "other",
    [
        profile(chargingProfileKind="Recurring"),
        profile(chargingProfilePurpose="ChargePointMaxProfile"),
        profile(schedule={"startSchedule": "2026-03-01T12:00:01Z"}),
        profile(schedule={"duration": 60}),
        profile(schedule={"chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 16.0}, {"startPeriod": 60, "limit": 6.0},
        ]}),
    ],
)  # fmt: skip
def test_what_would_be_another_limit_is_told_as_it_is(other: dict[str, Any]) -> None:
    given = {"connectorId": 1, "csChargingProfiles": other}
    assert WALLBOX.order("SetChargingProfile", given, NOW) is given


def test_a_start_without_a_profile_is_told_as_it_is() -> None:
    given = {"idTag": "AB12"}
    assert WALLBOX.order("RemoteStartTransaction", given, NOW) is given
