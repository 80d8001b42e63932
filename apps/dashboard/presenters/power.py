"""What limits a station, in words; and what it all adds up to, beside what it says itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from apps.accounts.models import Actor
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import list_campaigns_for
from apps.domain.instants import zone_named
from apps.domain.power import GetChargingProfiles
from apps.domain.profiles import MAX, RECURRING, RELATIVE, TX, TX_DEFAULT, ChargingProfile, Json
from apps.power import selectors
from apps.power.composite import Piece, Question, amount
from apps.power.models import EvPlan, ExternalLimit, HeldProfile, StationSchedule
from apps.power.planned import PlannedLimits
from apps.power.uptake import Kept, list_kept
from apps.stations.models import Station

WINDOW_S = 86_400
_PURPOSES = {MAX: "The station", TX_DEFAULT: "Every session", TX: "One session"}
_MINUTE_S = 60
_PHASES = 3


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """``limits``: one line a period."""

    held: HeldProfile
    purpose: str
    when: str
    limits: list[str]
    profile: ChargingProfile

    @property
    def start_at(self) -> datetime | None:
        return self.profile.schedules[0].start_at


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """From ``at`` on; None: no limit, or nothing told."""

    at: datetime
    ours_w: float | None
    theirs_w: float | None


@dataclass(frozen=True, slots=True)
class PowerSheet:
    key: str
    station: Station
    zone: ZoneInfo
    evse_id: int
    evses: list[int]
    profiles: list[ProfileRow]
    limits: list[tuple[ExternalLimit, list[str]]]
    plans: list[EvPlan]
    pushes: list[Campaign]
    steps: list[CurvePoint]
    told: StationSchedule | None
    may_be_read: bool
    kept: list[Kept]

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({f"power:{self.station.pk}"})

    @property
    def is_limited(self) -> bool:
        """Whether anything, by our account or by its own, limits it in the window."""
        return any(step.ours_w is not None or step.theirs_w is not None for step in self.steps)


def power_sheet(actor: Actor, station: Station, evse_id: int) -> PowerSheet:
    begun = timezone.now().replace(second=0, microsecond=0)
    now = begun + timedelta(seconds=_MINUTE_S)  # so that what was set just now counts
    asked = selectors.question(station, evse_id, start_at=now, duration_s=WINDOW_S, unit="W")
    told = StationSchedule.objects.filter(station=station, evse_id=evse_id).first()
    rows = [_row(held) for held in selectors.list_profiles(actor, station)]
    return PowerSheet(
        key=f"{station.pk}-{evse_id}",
        station=station,
        zone=zone_named(station.location.timezone),
        evse_id=evse_id,
        evses=[0, *sorted(asked.evses)],
        profiles=rows,
        limits=[(limit, _imposed(limit)) for limit in selectors.list_limits(actor, station)],
        plans=selectors.list_plans(actor, station),
        pushes=[p for p in list_campaigns_for(actor, PlannedLimits, station) if p.due_at],
        steps=steps(selectors.composite_of(station, asked), told, asked),
        told=told,
        may_be_read=station.traits.can(GetChargingProfiles),
        kept=list_kept(actor, station, now),
    )


def steps(ours: list[Piece], told: StationSchedule | None, asked: Question) -> list[CurvePoint]:
    """Both over the same window, a row for each change of either."""
    mine = [(asked.start_at + timedelta(seconds=p.start_s), p.limit) for p in ours]
    theirs = _told_pieces(told, asked)
    end_at = asked.start_at + timedelta(seconds=asked.duration_s)
    instants = {at for at, _ in mine + theirs if asked.start_at <= at < end_at}
    return [
        CurvePoint(at, _at(mine, at), _at(theirs, at))
        for at in sorted(instants | {asked.start_at, end_at})
    ]


def _told_pieces(
    told: StationSchedule | None, asked: Question
) -> list[tuple[datetime, float | None]]:
    if told is None:
        return []
    found: list[tuple[datetime, float | None]] = []
    for period in told.periods:
        at = told.start_at + timedelta(seconds=period["start_s"])
        watts = amount(period["limit"], told.unit, period.get("phases") or _PHASES, asked)
        found.append((at, watts))
    return [*found, (told.start_at + timedelta(seconds=told.duration_s or WINDOW_S), None)]


def _at(pieces: list[tuple[datetime, float | None]], at: datetime) -> float | None:
    return next((limit for begin, limit in reversed(pieces) if begin <= at), None)


def _row(held: HeldProfile) -> ProfileRow:
    profile = selectors.profile_of(held.body)
    purpose = _PURPOSES.get(profile.purpose, f"Imposed by {held.source}")
    return ProfileRow(held, purpose, _when(profile), _lines(held.body["schedules"][0]), profile)


def _when(profile: ChargingProfile) -> str:
    if profile.kind == RECURRING:
        return "Every week" if profile.recurrency == "Weekly" else "Every day"
    return "From the start of charging" if profile.kind == RELATIVE else "Once"


def _imposed(limit: ExternalLimit) -> list[str]:
    return [line for schedule in limit.schedules for line in _lines(schedule)]


def _lines(schedule: Json) -> list[str]:
    return [_line(period, schedule["unit"]) for period in schedule["periods"]]


def _line(period: Json, unit: str) -> str:
    shown = f"{period['limit']:g} A" if unit == "A" else f"{period['limit'] / 1000:g} kW"
    count = period.get("phases", _PHASES)
    phases = "" if count == _PHASES else f" on {count} phase{'s' if count > 1 else ''}"
    if not period["start_s"]:
        return shown + phases
    return f"after {period['start_s'] / _MINUTE_S:g} min {shown}{phases}"
