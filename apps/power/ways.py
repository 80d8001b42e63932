"""Whether a limit may be put otherwise at one station, and what must be known for it."""

from datetime import UTC, datetime

from apps.domain import ways
from apps.domain.command import BadParameters, Command
from apps.domain.power import limiting
from apps.domain.profiles import EXTERNAL, ChargingProfile
from apps.domain.way_axis import Limiting, Place
from apps.power import rules, selectors
from apps.power.rules import Facts
from apps.stations.models import Connector, Station
from apps.stations.plan import plan_of

_NO_MATTER = datetime.min.replace(tzinfo=UTC)
_ONE_PHASE_W = 7_400  # what a socket of one phase gives at most


def place_of(station: Station, command: Command, now: datetime) -> Place:
    evses = len(plan_of(station))
    evse_id = getattr(command, "evse_id", None) or (1 if evses == 1 else None)
    places = Connector.objects.filter(station=station, max_power_w__isnull=False)
    if evse_id:
        places = places.filter(evse__number=evse_id)
    most_w = max((row.max_power_w or 0 for row in places), default=0)
    phases = 1 if 0 < most_w <= _ONE_PHASE_W else 3
    return Place(now, evses, phases, station.traits.has_evses)


def as_laid(profile: ChargingProfile, evse_id: int, facts: Facts) -> tuple[ChargingProfile, int]:
    """The profile, and its EVSE, as they will lie in the station."""
    if not facts.known or profile.purpose == EXTERNAL:
        return profile, evse_id
    try:
        given = limiting(evse_id, profile)
    except BadParameters:  # as it comes with a start, whose session has no number yet
        return profile, evse_id
    laid = ways.laid(given, Place(_NO_MATTER, evses=len(facts.evses)), facts.known)
    return _lying(laid) or (profile, evse_id)


def is_safe(station: Station, given: Command, other: Command) -> bool:
    """Whether the station would take it by all that is known, and nothing else gives way for it."""
    lying = _lying(other)
    if other == given or lying is None:
        return True
    (profile, evse_id), facts = lying, selectors.facts_of(station)
    is_others = any(
        held.profile.id != profile.id and rules.is_same_place(held, profile, evse_id)
        for held in facts.held
    )
    return not is_others and not rules.check(profile, evse_id, facts)


def _lying(command: Command) -> tuple[ChargingProfile, int] | None:
    """The profile and where it shall lie; None where the command does not say."""
    if not isinstance(command, Limiting):
        return None
    profile, evse_id = command.limit(), command.place_of_limit()
    return None if profile is None or evse_id is None else (profile, evse_id)
