"""Prices in words, for a display. Pure."""

from decimal import Decimal

from apps.tariffs.pricing import Rates


def with_vat(rate: Decimal, rates: Rates) -> Decimal:
    """A rate as a driver pays it, with four decimals at most."""
    return round(rate * (1 + rates.vat_pct / 100), 4)


def price_text(rates: Rates) -> str:
    """ "0.476 EUR/kWh, 1.428 EUR/h, 0.60 EUR a session, VAT included"."""
    parts = [
        f"{_plain(with_vat(rate, rates))} {rates.currency}{unit}"
        for rate, unit in (
            (rates.energy_per_kwh, "/kWh"),
            (rates.time_per_hour, "/h"),
            (rates.flat, " a session"),
        )
        if rate
    ]
    return ", ".join([*parts, "VAT included"]) if parts else "Free of charge"


def _plain(amount: Decimal) -> str:
    """Without needless zeros, but with two decimals at least."""
    text = f"{amount.normalize():f}"
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction:0<2}"
