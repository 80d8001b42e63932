"""Prices in words."""

from decimal import Decimal

from apps.tariffs.pricing import Rates
from apps.tariffs.words import price_text, with_vat

STREET = Rates(
    "EUR", energy_per_kwh=Decimal("0.40"), time_per_hour=Decimal("1.20"), flat=Decimal("0.50"),
    vat_pct=Decimal(19),
)  # fmt: skip


def test_prices_are_what_a_driver_pays() -> None:
    assert with_vat(Decimal("0.40"), STREET) == Decimal("0.476")
    assert price_text(STREET) == "0.476 EUR/kWh, 1.428 EUR/h, 0.595 EUR a session, VAT included"
    assert price_text(Rates("JPY", flat=Decimal(100))) == "100.00 JPY a session, VAT included"
    assert price_text(Rates("EUR")) == "Free of charge"
