"""Whose rows a person or an API key may see. The one place that says so; the walls see to it."""

from functools import cache
from typing import Protocol, TypeVar

from django.db.models import ForeignKey, Model, QuerySet

_OWNERS = ("station", "user")

M = TypeVar("M", bound=Model)


class Insider(Protocol):
    """Anybody who belongs to an organisation: a person or an API key."""

    organisation_id: int


def scoped(model: type[M], actor: Insider) -> QuerySet[M]:
    """The rows of ``model`` that the actor may see. LookupError where a row has no owner."""
    return model._default_manager.filter(**{_path(model): actor.organisation_id})


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
