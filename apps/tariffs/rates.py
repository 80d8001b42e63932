"""Which tariff version applies where and when, and its rates."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from apps.domain.periods import ChargingPeriod
from apps.tariffs.models import Tariff, TariffVersion
from apps.tariffs.pricing import Price, Rates, price

Place = tuple[int, int]  # organisation, location


def list_versions(places: Collection[Place]) -> dict[Place, list[tuple[datetime, int]]]:
    """The versions at each place, newest first: since when, and which.

    They are those of the location's tariff, else of the organisation's default one.
    """
    tariffs = Tariff.objects.filter(organisation_id__in={whose for whose, _ in places})
    rows = tariffs.filter(locations__in={where for _, where in places}).order_by("-pk")
    here = {
        (whose, where): pk
        for whose, where, pk in rows.values_list("organisation_id", "locations", "pk")
    }
    default = dict(tariffs.filter(is_default=True).values_list("organisation_id", "pk"))
    applying = {place: here.get(place) or default.get(place[0], 0) for place in places}
    versions: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    wanted = TariffVersion.objects.filter(tariff_id__in={*applying.values()})
    for tariff_id, since, pk in wanted.order_by("-valid_from").values_list(
        "tariff_id", "valid_from", "pk"
    ):
        versions[tariff_id].append((since, pk))
    return {place: versions[tariff_id] for place, tariff_id in applying.items()}


@lru_cache(maxsize=1024)
def rates_of(version_id: int) -> Rates:
    """The rates of a version; versions never change, so they are kept."""
    version = TariffVersion.objects.select_related("tariff").get(pk=version_id)
    return rates(version)


def price_under(version_id: int, periods: Sequence[ChargingPeriod]) -> Price:
    """What the periods cost under a version."""
    return price(rates_of(version_id), periods)


def nothing_under(version_id: int) -> Price:
    """What is billed nothing, in the currency of a version."""
    known = rates_of(version_id)
    return price(replace(known, flat=Decimal(0)), ())


def rates(version: TariffVersion) -> Rates:
    return Rates(
        currency=version.tariff.currency,
        energy_per_kwh=version.energy_per_kwh,
        time_per_hour=version.time_per_hour,
        flat=version.flat,
        vat_pct=version.vat_pct,
    )
