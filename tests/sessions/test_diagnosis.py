"""What a support agent is told of a session."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from apps.sessions.diagnosis import Case, diagnose

BEGUN = datetime(2026, 11, 20, 9, 14, tzinfo=UTC)
GOOD = Case(
    now=BEGUN + timedelta(hours=3),
    state="ended",
    started_at=BEGUN,
    ended_at=BEGUN + timedelta(minutes=48),
    stop_reason="Local",
    energy_wh=22_412.0,
    soc_pct=64.0,
)
SECONDS_LATER = BEGUN + timedelta(seconds=4)


def minutes(count: int) -> datetime:
    return BEGUN + timedelta(minutes=count)


CASES = [
    ({}, "A normal session. Stopped at the charger."),
    ({"ended_at": None, "state": "charging"}, "Nothing unusual so far."),
    ({"refusals": ("Expired",)}, "The card was refused: Expired."),
    ({"stop_reason": "DeAuthorized"}, "The card was refused: not accepted."),
    ({"stop_reason": "EmergencyStop"}, "Emergency stop ended the session."),
    ({"stop_reason": "PowerLoss"}, "Power cut while the car was charging."),
    (
        {"stop_reason": "EVDisconnected", "energy_wh": 0.0, "ended_at": SECONDS_LATER},
        "The cable came out 4 s after the start.",
    ),
    ({"energy_wh": 0.0}, "No energy was delivered."),
    ({"is_estimated": True}, "The charger never said that the session ended."),
    (
        {"outages": ((minutes(10), minutes(39)),), "late_messages": 7},
        "The charger was offline 09:24–09:53. 7 messages arrived late.",
    ),
    (
        {"state": "pending", "ended_at": None, "energy_wh": 0.0, "now": minutes(9)},
        "Started 9 min ago, and still no energy.",
    ),
    ({"state": "suspended_evse", "ended_at": None}, "The station holds back."),
    ({"paused_by_car_at": minutes(37)}, "The car stopped drawing after 37 min at 64 %: normal."),
    ({"charged_until": minutes(5)}, "The cable stayed in for 43 min after charging."),
    ({"has_samples": False}, "The charger sends no meter values."),
    (
        {"fault": ("GroundFailure", "Earth-leakage protection has tripped", "Look.", minutes(3))},
        "The charger reported a fault: Earth-leakage protection has tripped.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "title"), CASES, ids=[title for _, title in CASES])
def test_the_first_finding_is_the_one_that_matters(facts: dict[str, object], title: str) -> None:
    assert diagnose(replace(GOOD, **facts))[0].title == title


def test_a_flag_of_the_meter_is_said_in_words() -> None:
    titles = [f.title for f in diagnose(replace(GOOD, flags=("gaps",)))]
    assert titles == ["The record needs a look: some messages never came."]


def test_every_finding_but_the_good_ones_names_its_evidence() -> None:
    for facts, _ in CASES[2:]:
        for finding in diagnose(replace(GOOD, **facts)):
            assert finding.evidence
            assert finding.advice
