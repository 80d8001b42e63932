"""Whom a campaign is for."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from apps.campaigns.models import Campaign
from apps.domain.command import BadParameters
from apps.history.doers import Doer
from apps.stations.models import Location, Station
from ocpp_platform.scope import Insider, scoped


@dataclass(frozen=True, slots=True)
class Audience:
    """One station, one location, a group of stations, or all stations of the organisation."""

    station: Station | None = None
    location: Location | None = None
    group: tuple[Station, ...] | None = None


def group_of(actor: Insider, identities: Iterable[str]) -> tuple[Station, ...]:
    """The actor's stations of these names. BadParameters with those that are not there."""
    names = list(dict.fromkeys(identities))
    found = scoped(Station, actor).filter(identity__in=names)
    by_name = {station.identity: station for station in found}
    if missing := [name for name in names if name not in by_name]:
        raise BadParameters([f"There is no station {name!r}" for name in missing[:20]])
    return tuple(by_name.values())


def check_reach(actor: Doer, audience: Audience) -> None:
    """BadParameters where it is for all stations, and the actor is limited to some sites.

    What an audience names has been looked up among what he may see.
    """
    if actor.site_ids is not None and audience == Audience():
        raise BadParameters(["You are limited to some sites: name a site, or stations"])


def stations_of(campaign: Campaign) -> QuerySet[Station]:
    """Whom it is for, as far as they are stations of its organisation."""
    stations = Station.objects.filter(organisation_id=campaign.organisation_id)
    if campaign.station_id is not None:
        return stations.filter(pk=campaign.station_id)
    if campaign.location_id is not None:
        return stations.filter(location_id=campaign.location_id)
    if campaign.is_of_group:
        return stations.filter(pk__in=campaign.group.all())
    return stations


def is_for(station: Station) -> Q:
    """The campaigns that reach this station of their organisation."""
    everywhere = Q(station=None, location=None, is_of_group=False)
    here = Q(station=station) | Q(location_id=station.location_id) | Q(group=station)
    return everywhere | here
