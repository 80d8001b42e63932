"""Which tariff version applies where and when, and its rates."""

from datetime import datetime
from functools import lru_cache

from apps.tariffs.models import Tariff, TariffVersion
from apps.tariffs.pricing import Rates


def find_version_id(organisation_id: int, location_id: int, at: datetime) -> int | None:
    """The version in force at ``at``: of the location's tariff, else of the default one."""
    tariff = (
        Tariff.objects.filter(organisation_id=organisation_id, locations=location_id).first()
        or Tariff.objects.filter(organisation_id=organisation_id, is_default=True).first()
    )
    if tariff is None:
        return None
    versions = tariff.versions.filter(valid_from__lte=at).order_by("-valid_from")
    return versions.values_list("pk", flat=True).first()


@lru_cache(maxsize=1024)
def rates_of(version_id: int) -> Rates:
    """The rates of a version; versions never change, so they are kept."""
    version = TariffVersion.objects.select_related("tariff").get(pk=version_id)
    return rates(version)


def rates(version: TariffVersion) -> Rates:
    return Rates(
        currency=version.tariff.currency,
        energy_per_kwh=version.energy_per_kwh,
        time_per_hour=version.time_per_hour,
        flat=version.flat,
        vat_pct=version.vat_pct,
    )
