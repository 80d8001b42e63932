"""What charging costs, to the smallest coin."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import Organisation
from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.domain.periods import ChargingPeriod
from apps.domain.vocabulary import Protocol
from apps.stations.models import Station
from apps.stations.refs import find_refs
from apps.tariffs import pricing
from apps.tariffs.batch import Tariffs
from apps.tariffs.pricing import Price, Rates, rounded
from apps.tariffs.rates import price_under
from apps.tariffs.services import add_tariff, add_version
from tests.factories import OFFICE
from tests.servers import register

BEGAN_AT = datetime(2025, 3, 1, 8, tzinfo=UTC)


def price(some: Rates, *, energy_wh: float, duration_s: float) -> Price:
    """Of a session in one period."""
    ended_at = BEGAN_AT + timedelta(seconds=duration_s)
    return pricing.price(some, [ChargingPeriod(BEGAN_AT, ended_at, energy_wh)])


def rates(currency: str, kwh: str, hour: str, flat: str, vat: str) -> Rates:
    return Rates(currency, Decimal(kwh), Decimal(hour), Decimal(flat), Decimal(vat))


@pytest.mark.parametrize(
    ("tariff", "energy_wh", "duration_s", "excl_vat", "vat", "incl_vat"),
    [
        (("EUR", "0.40", "1.20", "0.50", "19"), 10_000, 1800, "5.10", "0.97", "6.07"),
        (("EUR", "0.40", "0", "0", "0"), 0, 0, "0.00", "0.00", "0.00"),
        (("EUR", "0.40", "0", "0", "19"), 1, 0, "0.00", "0.00", "0.00"),
        (("EUR", "0.333", "0", "0", "0"), 1500, 0, "0.50", "0.00", "0.50"),
        (("EUR", "1", "0", "0", "0"), 5, 0, "0.01", "0.00", "0.01"),
        (("EUR", "1", "0", "0", "0"), 4.999, 0, "0.00", "0.00", "0.00"),
        (("EUR", "0", "3.60", "0", "0"), 0, 1, "0.00", "0.00", "0.00"),
        (("EUR", "0", "3.60", "0", "0"), 0, 1234.9, "1.23", "0.00", "1.23"),
        (("EUR", "0.40", "0", "0", "7.7"), 12_345, 0, "4.94", "0.38", "5.32"),
        (("JPY", "31", "0", "0", "10"), 10_500, 0, "326", "33", "359"),
        (("JPY", "0", "0", "0.5", "0"), 0, 0, "1", "0", "1"),
        (("BHD", "0.0294", "0", "0", "10"), 10_000, 0, "0.294", "0.029", "0.323"),
        (("KWD", "0.0005", "0", "0", "0"), 1000, 0, "0.001", "0.000", "0.001"),
        (("EUR", "0.40", "1.20", "0.50", "19"), -5, -5, "0.50", "0.10", "0.60"),
    ],
)
def test_prices(
    tariff: Any, energy_wh: float, duration_s: float, excl_vat: str, vat: str, incl_vat: str
) -> None:
    cost = price(rates(*tariff), energy_wh=energy_wh, duration_s=duration_s)
    assert (str(cost.excl_vat), str(cost.vat), str(cost.incl_vat)) == (excl_vat, vat, incl_vat)


@given(
    energy_wh=st.floats(0, 1e8), duration_s=st.integers(0, 10**7),
    kwh=st.decimals(0, 100, places=4), vat=st.decimals(0, 30, places=2),
    currency=st.sampled_from(("EUR", "JPY", "BHD")),
)  # fmt: skip
def test_the_three_figures_of_an_invoice_add_up(
    energy_wh: float, duration_s: int, kwh: Decimal, vat: Decimal, currency: str
) -> None:
    some = Rates(currency, kwh, Decimal(1), Decimal(1), vat)
    cost = price(some, energy_wh=energy_wh, duration_s=duration_s)
    assert cost.excl_vat + cost.vat == cost.incl_vat
    assert cost.incl_vat == rounded(cost.incl_vat, currency)
    assert rounded(sum((line.amount for line in cost.lines), Decimal(0)), currency) == cost.excl_vat


@given(st.floats(0, 1e7), st.floats(0, 1e7))
def test_more_energy_never_costs_less(one: float, other: float) -> None:
    some = rates("EUR", "0.40", "0", "0", "19")
    less, more = sorted((one, other))
    costs = [price(some, energy_wh=wh, duration_s=0).incl_vat for wh in (less, more)]
    assert costs[0] <= costs[1]


def test_lines_explain_the_price_and_leave_out_what_is_free() -> None:
    cost = price(rates("EUR", "0.40", "0", "0.50", "0"), energy_wh=2500, duration_s=60)
    assert [(line.element, str(line.quantity)) for line in cost.lines] == [
        ("Energy", "2.500"), ("Start", "1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("began", "ended", "hours"),
    [
        ("2025-03-30T01:30", "2025-03-30T03:30", 1),
        ("2025-10-26T01:30", "2025-10-26T03:30", 3),
        ("2025-06-01T23:00", "2025-06-02T01:00", 2),
    ],
)
def test_an_hour_is_an_hour_when_the_clocks_change(
    tariff: Any, began: str, ended: str, hours: int
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    began_at, ended_at = (
        datetime.fromisoformat(at).replace(tzinfo=zone).astimezone(UTC) for at in (began, ended)
    )
    version = tariff.versions.get()
    cost = price_under(version.pk, [ChargingPeriod(began_at, ended_at)])
    assert cost.excl_vat == Decimal("1.20") * hours + Decimal("0.50")


NOW = datetime(2025, 3, 1, tzinfo=UTC)


def version_at(station: Station, instant: datetime) -> int | None:
    ref = find_refs([station.identity])[station.identity]
    item = Item(ref, Protocol.OCPP201, "socket", NOW)
    return Batch([item], NOW).part(Tariffs).version_id(ref, instant)


def test_the_tariff_of_the_location_goes_before_the_default(
    network: Organisation, tariff: Any
) -> None:
    station = register(network, "CP1")
    assert version_at(station, NOW) == tariff.versions.get().pk
    own = add_tariff(
        organisation_id=network.pk,
        name="Own",
        currency="EUR",
        locations=[station.location],
        actor=OFFICE,
    )
    version = add_version(own, valid_from=NOW, actor=OFFICE)
    assert version_at(station, NOW) == version.pk
    earlier = NOW - timedelta(seconds=1)
    assert version_at(station, earlier) is None


def test_versions_follow_each_other_and_are_never_slipped_in(tariff: Any) -> None:
    add_version(tariff, valid_from=NOW, energy_per_kwh=Decimal("0.5"), actor=OFFICE)
    with pytest.raises(ValidationError):
        add_version(tariff, valid_from=NOW - timedelta(days=1), actor=OFFICE)
    with pytest.raises(ValidationError):
        add_version(
            tariff, valid_from=NOW + timedelta(days=1), energy_per_kwh=Decimal(-1), actor=OFFICE
        )


def test_there_is_one_default(network: Organisation, tariff: Any) -> None:
    add_tariff(
        organisation_id=network.pk, name="New", currency="EUR", is_default=True, actor=OFFICE
    )
    tariff.refresh_from_db()
    assert not tariff.is_default
