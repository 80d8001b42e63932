"""Charging profiles in words of no OCPP version, and their JSON form.

Limits are in W (of all phases together) or A (of each phase), with at most one decimal when
sent. Seconds count from the start of their schedule; instants are aware UTC. Purposes and kinds
are spelled as OCPP 2.0.1 spells them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apps.domain.instants import parse_instant

MAX = "ChargingStationMaxProfile"
TX_DEFAULT = "TxDefaultProfile"
TX = "TxProfile"
EXTERNAL = "ChargingStationExternalConstraints"
PURPOSES = (MAX, TX_DEFAULT, TX, EXTERNAL)
ABSOLUTE, RECURRING, RELATIVE = KINDS = ("Absolute", "Recurring", "Relative")
RECURRENCES: Mapping[str, int] = {"Daily": 86_400, "Weekly": 604_800}
UNITS = ("A", "W")
SOURCES = ("CSO", "EMS", "SO", "Other")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start_s`` of its schedule on, until the next one."""

    start_s: int
    limit: float
    phases: int | None = None
    phase_to_use: int | None = None


@dataclass(frozen=True, slots=True)
class ChargingSchedule:
    """``min_rate`` is advice to the station, never a limit."""

    unit: str
    periods: tuple[Period, ...]
    start_at: datetime | None = None
    duration_s: int | None = None
    min_rate: float | None = None
    id: int = 1


@dataclass(frozen=True, slots=True)
class ChargingProfile:
    """``id`` 0: not numbered yet. More than one schedule is for ISO 15118 only."""

    stack_level: int
    purpose: str
    kind: str
    schedules: tuple[ChargingSchedule, ...]
    id: int = 0
    recurrency: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    transaction_id: str = ""


@dataclass(frozen=True, slots=True)
class CompositeSchedule:
    """What a station says that it will draw at most."""

    evse_id: int
    start_at: datetime
    duration_s: int
    unit: str
    periods: tuple[Period, ...]


@dataclass(slots=True)
class Reader:
    """Takes members out of JSON by their type and collects what does not fit."""

    problems: list[str] = field(default_factory=list)

    def whole(self, given: Json, name: str, *, required: bool = False) -> int | None:
        value = given.get(name)
        if value is None and not required:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31:
            return value
        self.problems.append(f"'{name}' must be a whole number, 0 or more")
        return None

    def number(self, given: Json, name: str, *, required: bool = False) -> float | None:
        value = given.get(name)
        if value is None and not required:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9:
            return float(value)
        self.problems.append(f"'{name}' must be a number, 0 or more")
        return None

    def word(self, given: Json, name: str, known: tuple[str, ...]) -> str:
        value = given.get(name)
        if value in known:
            return str(value)
        self.problems.append(f"'{name}' must be one of {', '.join(known)}")
        return known[0]

    def text(self, given: Json, name: str, longest: int = 36) -> str:
        value = given.get(name) or ""
        if isinstance(value, str) and len(value) <= longest:
            return value
        self.problems.append(f"'{name}' must be a text of at most {longest} characters")
        return ""

    def instant(self, given: Json, name: str) -> datetime | None:
        value = given.get(name)
        if value is None:
            return None
        at = parse_instant(value)
        if at is None:
            self.problems.append(f"'{name}' must be an instant with its zone: 2030-01-31T17:00:00Z")
            return None
        return at.astimezone(UTC)

    def objects(self, given: Json, name: str) -> list[Json]:
        value = given.get(name)
        if isinstance(value, list | tuple) and value and all(isinstance(i, dict) for i in value):
            return list(value)
        self.problems.append(f"'{name}' must be a list of at least one object")
        return []

    def known(self, given: Json, names: tuple[str, ...]) -> None:
        self.problems += [f"unknown member '{name}'" for name in given if name not in names]


_PROFILE = (
    "id", "stack_level", "purpose", "kind", "recurrency", "valid_from", "valid_to",
    "transaction_id", "schedules",
)  # fmt: skip
_SCHEDULE = ("id", "unit", "start_at", "duration_s", "min_rate", "periods")
_PERIOD = ("start_s", "limit", "phases", "phase_to_use")


def read_profile(given: Json, reader: Reader) -> ChargingProfile:
    """The profile of its JSON form; only meaningful while ``reader`` has no problems."""
    reader.known(given, _PROFILE)
    recurrency = given.get("recurrency") or ""
    return ChargingProfile(
        id=reader.whole(given, "id") or 0,
        stack_level=reader.whole(given, "stack_level", required=True) or 0,
        purpose=reader.word(given, "purpose", PURPOSES),
        kind=reader.word(given, "kind", KINDS),
        recurrency=reader.word(given, "recurrency", tuple(RECURRENCES)) if recurrency else "",
        valid_from=reader.instant(given, "valid_from"),
        valid_to=reader.instant(given, "valid_to"),
        transaction_id=reader.text(given, "transaction_id"),
        schedules=tuple(read_schedule(s, reader) for s in reader.objects(given, "schedules")),
    )


def read_schedule(given: Json, reader: Reader) -> ChargingSchedule:
    reader.known(given, _SCHEDULE)
    identity = reader.whole(given, "id")
    return ChargingSchedule(
        unit=reader.word(given, "unit", UNITS),
        periods=tuple(_period(p, reader) for p in reader.objects(given, "periods")),
        start_at=reader.instant(given, "start_at"),
        duration_s=reader.whole(given, "duration_s"),
        min_rate=reader.number(given, "min_rate"),
        id=1 if identity is None else identity,
    )


def _period(given: Json, reader: Reader) -> Period:
    reader.known(given, _PERIOD)
    return Period(
        start_s=reader.whole(given, "start_s", required=True) or 0,
        limit=reader.number(given, "limit", required=True) or 0.0,
        phases=reader.whole(given, "phases"),
        phase_to_use=reader.whole(given, "phase_to_use"),
    )


def profile_json(profile: ChargingProfile) -> Json:
    """The JSON form; what is absent is left out."""
    return _present(
        id=profile.id or None,
        stack_level=profile.stack_level,
        purpose=profile.purpose,
        kind=profile.kind,
        recurrency=profile.recurrency or None,
        valid_from=_written(profile.valid_from),
        valid_to=_written(profile.valid_to),
        transaction_id=profile.transaction_id or None,
        schedules=[schedule_json(schedule) for schedule in profile.schedules],
    )


def schedule_json(schedule: ChargingSchedule) -> Json:
    return _present(
        id=schedule.id,
        unit=schedule.unit,
        start_at=_written(schedule.start_at),
        duration_s=schedule.duration_s,
        min_rate=schedule.min_rate,
        periods=[period_json(period) for period in schedule.periods],
    )


def period_json(period: Period) -> Json:
    return _present(
        start_s=period.start_s,
        limit=period.limit,
        phases=period.phases,
        phase_to_use=period.phase_to_use,
    )


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _present(**members: Any) -> Json:
    return {name: value for name, value in members.items() if value is not None}
