"""What the installed charging profiles allow at an instant. Pure; simple on purpose.

Profiles are as the `ocpp` package hands them over (snake_case), of either version.
Purposes cap each other; within one purpose the highest stack level wins.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Profile = dict[str, Any]
DAY_S = 86_400
PERIOD_S = {"Daily": DAY_S, "Weekly": 7 * DAY_S}


@dataclass(frozen=True)
class Installed:
    """A profile and the outlet it was set for; 0 is the whole station."""

    evse_id: int
    profile: Profile

    @property
    def profile_id(self) -> int:
        names = ("id", "charging_profile_id")
        return next(int(self.profile[name]) for name in names if name in self.profile)

    @property
    def purpose(self) -> str:
        return str(self.profile["charging_profile_purpose"])

    @property
    def stack_level(self) -> int:
        return int(self.profile["stack_level"])


def schedule_of(profile: Profile) -> dict[str, Any]:
    schedule = profile["charging_schedule"]
    return dict(schedule[0] if isinstance(schedule, list) else schedule)


def parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def limit_w(
    installed: list[Installed],
    *,
    evse_id: int,
    at: datetime,
    session_started_at: datetime | None,
    voltage_v: float,
    phases: int,
) -> float | None:
    """The lowest limit over all purposes in watts, None where nothing limits."""
    best: dict[str, tuple[int, float]] = {}
    for entry in installed:
        if entry.evse_id not in (0, evse_id):
            continue
        period = _period_at(entry.profile, at, session_started_at)
        if period is None or entry.stack_level < best.get(entry.purpose, (-1, 0.0))[0]:
            continue
        watts = _watts(entry.profile, period, voltage_v, phases)
        best[entry.purpose] = (entry.stack_level, watts)
    if "TxProfile" in best:
        best.pop("TxDefaultProfile", None)
    return min((watts for _, watts in best.values()), default=None)


def _watts(profile: Profile, period: dict[str, Any], voltage_v: float, phases: int) -> float:
    limit = float(period["limit"])
    if schedule_of(profile)["charging_rate_unit"] == "W":
        return limit
    return limit * voltage_v * int(period.get("number_phases") or phases)


def _period_at(
    profile: Profile, at: datetime, session_started_at: datetime | None
) -> dict[str, Any] | None:
    if not _is_valid(profile, at):
        return None
    schedule = schedule_of(profile)
    offset_s = _offset_s(profile, schedule, at, session_started_at)
    duration_s = schedule.get("duration")
    if offset_s is None or offset_s < 0 or (duration_s is not None and offset_s >= duration_s):
        return None
    begun = [p for p in schedule["charging_schedule_period"] if p["start_period"] <= offset_s]
    return begun[-1] if begun else None


def _is_valid(profile: Profile, at: datetime) -> bool:
    starts, ends = profile.get("valid_from"), profile.get("valid_to")
    return not (starts and at < parse_time(starts)) and not (ends and at >= parse_time(ends))


def _offset_s(
    profile: Profile, schedule: dict[str, Any], at: datetime, session_started_at: datetime | None
) -> float | None:
    if profile["charging_profile_kind"] == "Relative" or "start_schedule" not in schedule:
        return None if session_started_at is None else (at - session_started_at).total_seconds()
    offset_s = (at - parse_time(schedule["start_schedule"])).total_seconds()
    if profile["charging_profile_kind"] == "Recurring" and offset_s >= 0:
        return offset_s % PERIOD_S[profile.get("recurrency_kind", "Daily")]
    return offset_s


def steps(limits: list[float | None], step_s: int, unlimited: float) -> list[dict[str, float]]:
    """Schedule periods out of limits sampled every `step_s`, equal neighbours merged."""
    periods: list[dict[str, float]] = []
    for number, limit in enumerate(limits):
        value = unlimited if limit is None else limit
        if not periods or periods[-1]["limit"] != value:
            periods.append({"start_period": number * step_s, "limit": value})
    return periods
