"""Costs in words for a display, and what is due to be told. Pure."""

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


def final_text(cost: Decimal, rates: Rates) -> str:
    """ "2.84 EUR, VAT included"."""
    return f"{rounded(cost, rates.currency)} {rates.currency}, VAT included"
