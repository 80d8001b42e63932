"""What a server may ask of a station, in neutral words.

The plain functions decide at once, for the answer; the coroutines are the consequences, run
when the answer has left.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from apps.simulator.limits import Installed, Profile, steps
from apps.simulator.outlet import Outlet, Session, Token
from apps.simulator.station import SimStation

COMPOSITE_STEP_S = 60


def free_outlet(station: SimStation, evse_id: int | None) -> Outlet | None:
    """The outlet asked for if a session could start there, or any such, plugged ones first."""
    wanted = station.outlets.values() if evse_id is None else [station.outlets.get(evse_id)]
    free = [outlet for outlet in wanted if outlet is not None and outlet.is_free]
    return max(free, key=lambda outlet: outlet.is_plugged, default=None)


async def begin_session(
    station: SimStation, token: Token, evse_id: int, remote_start_id: int | None = None
) -> None:
    await station.start_session(
        token=token,
        evse_id=evse_id,
        authorize=station.settings.authorizes_remote_start,
        remote_start_id=remote_start_id,
        trigger="RemoteStart",
    )


def find_session(station: SimStation, transaction_id: int | str) -> Session | None:
    running = station.active_sessions
    return next((one for one in running if one.transaction_id == transaction_id), None)


def plan_availability(outlets: Iterable[Outlet], *, is_operative: bool) -> str:
    """Accepted, or Scheduled where a session has to end first; notes what is postponed."""
    busy = [outlet for outlet in outlets if outlet.active_session is not None]
    if is_operative or not busy:
        return "Accepted"
    for outlet in busy:
        outlet.becomes_operative = False
    return "Scheduled"


async def apply_availability(
    station: SimStation, outlets: Iterable[Outlet], *, is_operative: bool
) -> None:
    """Shows the new state of every outlet that is not waiting for its session to end."""
    for outlet in outlets:
        if is_operative:
            outlet.becomes_operative = None
        elif outlet.becomes_operative is not None:
            continue
        outlet.is_operative = is_operative
        await station.send_status(outlet)


async def stop_sessions(station: SimStation, evse_ids: Iterable[int], reason: str) -> None:
    for evse_id in evse_ids:
        await station.stop_session(reason=reason, evse_id=evse_id)


async def restart(station: SimStation, *, stop_reason: str, boot_reason: str) -> None:
    await stop_sessions(station, list(station.outlets), stop_reason)
    await station.reboot(boot_reason)


def install_profile(station: SimStation, evse_id: int, profile: Profile) -> None:
    """Replaces what has its id, or its outlet, purpose and stack level."""
    new = Installed(evse_id, profile)

    def is_replaced(old: Installed) -> bool:
        same_place = (old.evse_id, old.purpose, old.stack_level) == (
            evse_id,
            new.purpose,
            new.stack_level,
        )
        return same_place or old.profile_id == new.profile_id

    station.profiles = [old for old in station.profiles if not is_replaced(old)] + [new]


def clear_profiles(
    station: SimStation,
    *,
    profile_id: int | None = None,
    evse_id: int | None = None,
    purpose: str | None = None,
    stack_level: int | None = None,
) -> bool:
    """Removes what matches every criterion given; whether there was any."""

    def matches(one: Installed) -> bool:
        if profile_id is not None:
            return one.profile_id == profile_id
        return (
            evse_id in (None, one.evse_id)
            and purpose in (None, one.purpose)
            and stack_level in (None, one.stack_level)
        )

    kept = [one for one in station.profiles if not matches(one)]
    cleared = len(kept) < len(station.profiles)
    station.profiles = kept
    return cleared


def composite_schedule(
    station: SimStation, outlet: Outlet, duration_s: int, unit: str
) -> list[dict[str, Any]]:
    """Periods from now on, on a grid of a minute, in W or A per phase."""
    now = station.clock.now()
    offsets = range(0, max(1, duration_s), COMPOSITE_STEP_S)
    limits = [station.limit_w(outlet, now + timedelta(seconds=offset)) for offset in offsets]
    divisor = 1.0 if unit == "W" else outlet.supply.voltage_v * outlet.phases
    scaled = [None if limit is None else round(limit / divisor, 1) for limit in limits]
    unlimited = round(outlet.supply.max_power_w / divisor, 1)
    return steps(scaled, COMPOSITE_STEP_S, unlimited)
