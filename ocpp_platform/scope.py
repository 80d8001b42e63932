"""Whose rows a person or an API key may see. The one place that says so; the walls see to it.

Who is limited to sites sees of what stands somewhere only what stands there. What an organisation
has as a whole (its tokens, tariffs, people, rules for all sites) he sees, and ``accounts.roles``
says that he does not change it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Protocol, TypeVar

from django.apps import apps
from django.db.models import ForeignKey, Model, Q, QuerySet

_OWNERS = ("station", "user")

M = TypeVar("M", bound=Model)


class Limited(Protocol):
    """``site_ids``: the locations that he is limited to; None is the whole organisation."""

    site_ids: Sequence[int] | None


class Insider(Limited, Protocol):
    """Anybody who belongs to an organisation: a person or an API key."""

    organisation_id: int


def scoped(model: type[M], actor: Insider) -> QuerySet[M]:
    """The rows of ``model`` that the actor may see. LookupError where a row has no owner."""
    rows = of_all_sites(model, actor)
    return rows if actor.site_ids is None else rows.filter(_within(model, actor.site_ids))


def of_all_sites(model: type[M], actor: Insider) -> QuerySet[M]:
    """The rows of ``model`` of his organisation, wherever they stand: the caller limits them."""
    return model._default_manager.filter(**{_path(model): actor.organisation_id})


def may_see_site(actor: Limited, location_id: int | None) -> bool:
    """Whether he may see what stands at this location of his organisation; None: at no one."""
    return actor.site_ids is None or location_id in actor.site_ids


@cache
def _path(model: type[Model]) -> str:
    """The lookup from a row to its organisation: its own, else that of its station or person."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    if "organisation_id" in fields:
        return "organisation_id"
    for owner in _OWNERS:
        if isinstance(fields.get(f"{owner}_id"), ForeignKey):
            return f"{owner}__organisation_id"
    raise LookupError(f"{model.__name__} belongs to nobody")


def _within(model: type[Model], site_ids: Sequence[int]) -> Q:
    """What stands at these sites; what may stand somewhere and does not is of no site."""
    if model._meta.label == "stations.Location":
        return Q(pk__in=site_ids)
    fields, within = {field.attname for field in model._meta.concrete_fields}, Q()
    if "location_id" in fields:
        within |= Q(location_id__in=site_ids)
    if "station_id" in fields:
        stations = apps.get_model("stations", "Station").objects.filter(location_id__in=site_ids)
        within |= Q(station_id__in=stations.values("pk"))
    return within
