"""Reads: what the stations of the actor's organisation show."""

from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.display.life import Life, Supported
from apps.display.models import DisplayMessage
from apps.stations import abilities
from apps.stations.models import Station
from ocpp_platform.scope import scoped

_ABLE = (abilities.DISPLAY_FORMATS, abilities.DISPLAY_PRIORITIES, abilities.DISPLAY_STATES)


def list_messages(actor: Actor, station: Station, state: str = "") -> QuerySet[DisplayMessage]:
    """Of one station, latest change first. ``state``: one of Life, or all."""
    found = scoped(DisplayMessage, actor).filter(station=station)
    if state:
        found = found.filter(state=Life(state))
    return found.order_by("-changed_at", "-id")


def supported_by(station: Station) -> Supported:
    """What its display can do, as its device model says."""
    told = abilities.told_by(station.pk, *_ABLE)
    return Supported(*map(told.of, _ABLE))
