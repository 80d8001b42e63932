"""Reads: what the stations of the actor's organisation show."""

from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.display.life import Life, Supported
from apps.display.models import DisplayMessage
from apps.stations.models import Station, Variable
from ocpp_platform.scope import scoped

CONTROLLER = "DisplayMessageCtrlr"
_LISTS = {"SupportedFormats": "formats", "SupportedPriorities": "priorities",
          "SupportedStates": "states"}  # fmt: skip


def list_messages(actor: Actor, station: Station, state: str = "") -> QuerySet[DisplayMessage]:
    """Of one station, latest change first. ``state``: one of Life, or all."""
    found = scoped(DisplayMessage, actor).filter(station=station)
    if state:
        found = found.filter(state=Life(state))
    return found.order_by("-changed_at", "-id")


def supported_by(station: Station) -> Supported:
    """What its display can do, as its device model says."""
    values = Variable.objects.filter(
        station=station, component=CONTROLLER, variable__in=_LISTS, attribute="Actual"
    ).values_list("variable", "value")
    told = {_LISTS[name]: _words(value) for name, value in values}
    return Supported(**told)


def _words(value: str) -> tuple[str, ...]:
    return tuple(word for part in value.split(",") if (word := part.strip()))
