"""Smart charging: what we want of a station, and what it says of limits (OCPP 2.0.1 block K).

A command is checked when it is made: BadParameters names every rule that its profile breaks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.domain.command import BadParameters, Command, Declaration, WhilePending, always
from apps.domain.confirmation import LASTING_S, ByAnswer, ByEvent, Followed, never
from apps.domain.events import Event
from apps.domain.permissions import Permission
from apps.domain.profile_rules import check
from apps.domain.profiles import (
    PURPOSES,
    SOURCES,
    UNITS,
    ChargingProfile,
    ChargingSchedule,
    Json,
    Reader,
    profile_json,
    read_profile,
)

LONGEST_ASKED_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class SetChargingProfile(Command):
    """``profile`` as profiles.profile_json; without ``id`` it is given one. EVSE 0: the station."""

    declared = Declaration(
        name="set_charging_profile", noun="Set charging profile",
        title=always("Set charging profile"),
        permission=Permission.OPERATE, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    evse_id: int
    profile: Json

    def __post_init__(self) -> None:
        checked_profile(self.profile, self.evse_id)

    def charging_profile(self) -> ChargingProfile:
        return read_profile(self.profile, Reader())

    def limit(self) -> ChargingProfile | None:
        return self.charging_profile()

    def with_limit(self, profile: ChargingProfile | None) -> Command:
        return self if profile is None else limiting(self.evse_id, profile)

    def place_of_limit(self) -> int | None:
        return self.evse_id

    def at(self, evse_id: int) -> Command:
        return limiting(evse_id, self.charging_profile())


def limiting(evse_id: int, profile: ChargingProfile) -> SetChargingProfile:
    """The command that lays a profile at an EVSE. BadParameters where it cannot lie there."""
    return SetChargingProfile(evse_id, profile_json(profile))


@dataclass(frozen=True, slots=True)
class ProfilesReported(Event):
    """A part of the answer to GetChargingProfiles: profiles of one EVSE and one source."""

    request_id: int
    evse_id: int
    source: str
    profiles: tuple[ChargingProfile, ...]
    is_last: bool = True


def _told_all(command: Followed, event: ProfilesReported) -> str:
    is_ours = event.request_id == command.number
    return "The profiles came" if is_ours and event.is_last else ""


@dataclass(frozen=True, slots=True)
class GetChargingProfiles(Command):
    """Either ``profile_ids``, or any of the others; nothing at all asks for everything.

    ``evse_id`` 0: the station's own profiles; None: everybody's (K09).
    """

    declared = Declaration(
        name="get_charging_profiles", noun="Get charging profiles",
        title=always("Get charging profiles"),
        permission=Permission.HELP_DRIVER,
        confirmed_by=ByEvent(
            awaits="its report", patience_s=None, late_s=LASTING_S,
            is_answer_enough=never,
            signs=(ProfilesReported,),
            shows=_told_all,
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    evse_id: int | None = None
    profile_ids: Sequence[int] = ()
    purpose: str | None = None
    stack_level: int | None = None
    sources: Sequence[str] = ()

    def __post_init__(self) -> None:
        problems = list(_purpose_problems(self.purpose))
        if any(not isinstance(number, int) for number in _listed(self.profile_ids)):
            problems.append("'profile_ids' must be a list of whole numbers")
        if any(source not in SOURCES for source in _listed(self.sources)):
            problems.append(f"'sources' must be a list of {', '.join(SOURCES)}")
        others = (self.purpose, self.stack_level, self.sources or None)
        if self.profile_ids and any(other is not None for other in others):
            problems.append("Ask by 'profile_ids' or by purpose, level and source, not by both")
        _refuse(problems)


@dataclass(frozen=True, slots=True)
class ClearChargingProfile(Command):
    """One by its id, or all that fit; nothing at all clears every profile that we set (K10)."""

    declared = Declaration(
        name="clear_charging_profile", noun="Clear charging profile",
        title=always("Clear charging profile"),
        permission=Permission.OPERATE, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    profile_id: int | None = None
    evse_id: int | None = None
    purpose: str | None = None
    stack_level: int | None = None

    def __post_init__(self) -> None:
        problems = list(_purpose_problems(self.purpose))
        criteria = (self.evse_id, self.purpose, self.stack_level)
        if self.profile_id is not None and any(one is not None for one in criteria):
            problems.append("Clear by 'profile_id' or by EVSE, purpose and level, not by both")
        _refuse(problems)


@dataclass(frozen=True, slots=True)
class GetCompositeSchedule(Command):
    """What the EVSE (0: the station) will draw at most, from now on (K08)."""

    declared = Declaration(
        name="get_composite_schedule", noun="Get composite schedule",
        title=always("Get composite schedule"),
        permission=Permission.HELP_DRIVER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    evse_id: int
    duration_s: int
    unit: str | None = None

    def __post_init__(self) -> None:
        problems = []
        if self.unit is not None and self.unit not in UNITS:
            problems.append("'unit' must be A or W")
        if not 1 <= self.duration_s <= LONGEST_ASKED_S:
            problems.append(f"'duration_s' must be from 1 to {LONGEST_ASKED_S} (one week)")
        _refuse(problems)


@dataclass(frozen=True, slots=True)
class LimitNotified(Event):
    """Somebody else limits the EVSE (0: the station); without schedules nobody knows how far."""

    evse_id: int
    source: str
    is_grid_critical: bool | None = None
    schedules: tuple[ChargingSchedule, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitCleared(Event):
    """``evse_id`` None: wherever this source had limited."""

    source: str
    evse_id: int | None = None


@dataclass(frozen=True, slots=True)
class EvNeedsTold(Event):
    """What a car wants by ISO 15118 (K15). ``needs``: its parameters as they were told."""

    evse_id: int
    mode: str
    max_tuples: int | None = None
    departure_at: datetime | None = None
    energy_wh: float | None = None
    most_w: float | None = None
    most_a: float | None = None
    needs: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvScheduleTold(Event):
    """How a car means to charge, counted from ``base_at`` (K15 to K17)."""

    evse_id: int
    base_at: datetime
    schedule: ChargingSchedule


def checked_profile(given: Any, evse_id: int | None, *, is_start: bool = False) -> ChargingProfile:
    """The profile, or BadParameters with everything that is wrong with it."""
    if not isinstance(given, dict):
        raise BadParameters(["the charging profile must be an object"])
    reader = Reader()
    profile = read_profile(given, reader)
    _refuse(reader.problems or check(profile, evse_id, is_start=is_start))
    return profile


def _purpose_problems(purpose: Any) -> Iterator[str]:
    if purpose is not None and purpose not in PURPOSES:
        yield f"'purpose' must be one of {', '.join(PURPOSES)}"


def _listed(given: Any) -> Sequence[Any]:
    return given if isinstance(given, list | tuple) else (given,)


def _refuse(problems: list[str]) -> None:
    if problems:
        raise BadParameters(list(dict.fromkeys(problems)))
