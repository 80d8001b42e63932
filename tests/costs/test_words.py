"""What is due to be told, and costs in words."""

from decimal import Decimal
from typing import Any

import pytest

from apps.costs.words import Told, due, final_text
from apps.tariffs.pricing import Rates

STREET = Rates(
    "EUR", energy_per_kwh=Decimal("0.40"), time_per_hour=Decimal("1.20"), flat=Decimal("0.50"),
    vat_pct=Decimal(19),
)  # fmt: skip
ONE, TWO = Decimal("1.00"), Decimal("2.00")


@pytest.mark.parametrize(
    ("told", "cost", "more", "expected"),
    [
        (Told(), ONE, {}, ["price", "running"]),
        (Told(), ONE, {"has_token": False}, ["running"]),
        (Told(has_price=True, cost=ONE), ONE, {}, []),
        (Told(has_price=True, cost=ONE), TWO, {}, ["running"]),
        (Told(has_price=True, cost=ONE, is_waiting=True), TWO, {}, []),
        (Told(has_price=True, cost=ONE, is_waiting=True), TWO, {"is_over": True}, ["final"]),
        (Told(has_price=True, has_final=True), TWO, {"is_over": True}, []),
        (Told(is_refused=True), TWO, {"is_over": True}, []),
        (Told(), None, {"is_over": True}, []),
    ],
)
def test_due(told: Told, cost: Decimal | None, more: dict[str, Any], expected: list[str]) -> None:
    given = {"is_over": False, "has_token": True} | more
    assert list(due(told, cost, **given)) == expected


def test_a_cost_is_what_a_driver_pays() -> None:
    assert final_text(Decimal("2.835"), STREET) == "2.84 EUR, VAT included"
    assert final_text(Decimal(284), Rates("JPY")) == "284 JPY, VAT included"
