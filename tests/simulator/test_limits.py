from datetime import UTC, datetime, timedelta
from typing import Any

from apps.simulator.limits import Installed, limit_w, steps

AT = datetime(2025, 3, 1, 12, tzinfo=UTC)


def profile(**changes: Any) -> dict[str, Any]:
    periods = changes.pop("periods", [{"start_period": 0, "limit": 10.0}])
    unit = changes.pop("unit", "A")
    start = changes.pop("start", "2025-03-01T11:00:00Z")
    schedule = {"charging_rate_unit": unit, "charging_schedule_period": periods}
    if start is not None:
        schedule["start_schedule"] = start
    return {
        "id": 1,
        "stack_level": 0,
        "charging_profile_purpose": "TxDefaultProfile",
        "charging_profile_kind": "Absolute",
        "charging_schedule": [schedule],
    } | changes


def limit(*installed: Installed, evse_id: int = 1, after_s: float = 0) -> float | None:
    return limit_w(
        list(installed),
        evse_id=evse_id,
        at=AT + timedelta(seconds=after_s),
        session_started_at=AT,
        voltage_v=230.0,
        phases=3,
    )


def test_nothing_installed_limits_nothing() -> None:
    assert limit() is None
    assert limit(Installed(2, profile())) is None


def test_amperes_count_per_phase_and_watts_as_they_are() -> None:
    assert limit(Installed(1, profile())) == 6_900
    assert limit(Installed(0, profile(unit="W"))) == 10


def test_the_higher_stack_level_wins_and_purposes_cap_each_other() -> None:
    low = Installed(1, profile(periods=[{"start_period": 0, "limit": 6}]))
    high = Installed(1, profile(stack_level=3))
    station = Installed(
        0,
        profile(
            charging_profile_purpose="ChargingStationMaxProfile",
            unit="W",
            periods=[{"start_period": 0, "limit": 5_000}],
        ),
    )
    assert limit(high, low) == limit(low, high) == 6_900
    assert limit(high, station) == 5_000


def test_a_session_profile_replaces_the_default() -> None:
    session = profile(
        charging_profile_purpose="TxProfile", periods=[{"start_period": 0, "limit": 16}]
    )
    assert limit(Installed(1, profile()), Installed(1, session)) == 16 * 690


def test_a_relative_profile_counts_from_the_start_of_the_session() -> None:
    periods = [{"start_period": 0, "limit": 6}, {"start_period": 60, "limit": 16}]
    relative = profile(charging_profile_kind="Relative", start=None, periods=periods)
    assert limit(Installed(1, relative), after_s=59) == 6 * 690
    assert limit(Installed(1, relative), after_s=60) == 16 * 690


def test_a_daily_profile_comes_back_every_day() -> None:
    daily = profile(
        charging_profile_kind="Recurring", recurrency_kind="Daily", start="2025-02-01T11:30:00Z"
    )
    daily["charging_schedule"][0]["duration"] = 3_600
    assert limit(Installed(1, daily)) == 6_900
    assert limit(Installed(1, daily), after_s=1_800) is None


def test_equal_neighbours_become_one_period() -> None:
    assert steps([6.0, 6.0, None], 60, 32.0) == [
        {"start_period": 0, "limit": 6.0},
        {"start_period": 120, "limit": 32.0},
    ]
