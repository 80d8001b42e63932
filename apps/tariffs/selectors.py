"""Reads: tariffs with their versions, within the actor's organisation."""

from datetime import datetime

from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.tariffs.models import Tariff, TariffVersion
from ocpp_platform.scope import scoped


def list_tariffs(actor: Actor) -> QuerySet[Tariff]:
    """With versions (newest first) and locations, in two more queries."""
    tariffs = scoped(Tariff, actor)
    return tariffs.prefetch_related("versions", "locations").order_by("-is_default", "name")


def get_tariff(actor: Actor, tariff_id: int) -> Tariff:
    """The tariff, or Tariff.DoesNotExist: also where it is somebody else's."""
    return list_tariffs(actor).get(pk=tariff_id)


def version_at(tariff: Tariff, instant: datetime) -> TariffVersion | None:
    """The version in force at ``instant``: the newest that had begun."""
    begun = [v for v in tariff.versions.all() if v.valid_from <= instant]
    return max(begun, key=lambda v: v.valid_from, default=None)
