"""What charging periods cost under a tariff version. Pure, and only here.

The running cost, the final price and the preview are this one function. Amounts are exact
decimals until the end: the sum before VAT is rounded once, half up, to the currency's minor
unit, then VAT is computed from the unrounded sum and rounded the same way, and the total is
the sum of both, so that the three figures on an invoice add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from apps.domain.periods import ChargingPeriod

# ISO 4217: currencies whose minor unit is not a hundredth.
MINOR_UNITS = {
    "BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0,
    "KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0,
    "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rates:
    """Prices before VAT of one tariff version."""

    currency: str
    energy_per_kwh: Decimal = Decimal(0)
    time_per_hour: Decimal = Decimal(0)
    flat: Decimal = Decimal(0)
    vat_pct: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One element of a price: ``quantity`` × ``rate`` = ``amount`` (before VAT, unrounded)."""

    element: str
    quantity: Decimal
    unit: str
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    currency: str
    excl_vat: Decimal
    vat: Decimal
    incl_vat: Decimal
    vat_pct: Decimal
    lines: tuple[PriceLine, ...] = ()


def price(rates: Rates, periods: Sequence[ChargingPeriod]) -> Price:
    """The price of a session; neither energy nor time is ever negative.

    Time is that of all periods, charging or parked. However a session is cut into periods, the
    price is that of their sums.
    """
    energy_kwh = _thousandth(sum(Decimal(str(p.energy_wh)) for p in periods)) / 1000
    duration = sum((p.duration for p in periods), timedelta())
    hours = max(Decimal(int(duration.total_seconds())), Decimal(0)) / 3600
    lines = tuple(
        line
        for line in (
            PriceLine("Energy", energy_kwh, "kWh", rates.energy_per_kwh,
                 energy_kwh * rates.energy_per_kwh),
            PriceLine("Time", hours, "h", rates.time_per_hour, hours * rates.time_per_hour),
            PriceLine("Start", Decimal(1), "session", rates.flat, rates.flat),
        )
        if line.rate
    )  # fmt: skip
    exact = sum((line.amount for line in lines), Decimal(0))
    excl_vat = rounded(exact, rates.currency)
    vat = rounded(exact * rates.vat_pct / 100, rates.currency)
    return Price(rates.currency, excl_vat, vat, excl_vat + vat, rates.vat_pct, lines)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Half up to the currency's minor unit."""
    return amount.quantize(Decimal(1).scaleb(-MINOR_UNITS.get(currency, 2)), ROUND_HALF_UP)


def _thousandth(energy_wh: Decimal | int) -> Decimal:
    """Meters resolve a thousandth of a Wh at the best; below that is binary noise."""
    exact = max(Decimal(energy_wh), Decimal(0))
    return exact.quantize(Decimal("0.001"), ROUND_HALF_UP)
