"""Prices and costs in words for a display, and what is due to be told. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.tariffs.pricing import Rates, rounded


@dataclass(frozen=True, slots=True)
class Told:
    """What a station was told of one session; ``cost`` is the last running one.

    ``is_waiting``: it has not answered yet; ``is_refused``: it wants to hear nothing.
    """

    has_price: bool = False
    cost: Decimal | None = None
    has_final: bool = False
    is_waiting: bool = False
    is_refused: bool = False


def due(told: Told, cost: Decimal | None, *, is_over: bool, has_token: bool) -> Iterable[str]:
    """Of price, running and final, what is to be told now."""
    if told.is_refused or cost is None:
        return
    if not told.has_price and has_token and not is_over:
        yield "price"
    if is_over:
        if not told.has_final:
            yield "final"
    elif not told.is_waiting and cost != told.cost:
        yield "running"


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


def final_text(cost: Decimal, rates: Rates) -> str:
    """ "2.84 EUR, VAT included"."""
    return f"{rounded(cost, rates.currency)} {rates.currency}, VAT included"


def _plain(amount: Decimal) -> str:
    """Without needless zeros, but with two decimals at least."""
    text = f"{amount.normalize():f}"
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction:0<2}"
