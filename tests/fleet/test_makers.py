"""The makers are twenty, their habits can be played, and each is one that the field reports."""

import re
from pathlib import Path

import pytest

from apps.simulator.quirks import BY_NAME, Habits
from fleet.makers import FAULTS, MAKERS, Maker, quirks_of

VENDORS = Path(__file__).parents[2] / "docs" / "vendors.md"
NUMBERS = {int(number) for number in re.findall(r"^\| (\d+) \|", VENDORS.read_text(), re.MULTILINE)}


def test_twenty_makers_of_both_versions() -> None:
    assert len({maker.name for maker in MAKERS}) == len(MAKERS) == 20
    assert {maker.protocol for maker in MAKERS} == {"ocpp1.6", "ocpp2.0.1"}
    assert {maker.evses for maker in MAKERS} == {1, 2}


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.name)
def test_habits_are_reported_and_can_be_played(maker: Maker) -> None:
    assert set(maker.sources) <= NUMBERS
    for number in range(2 * len(FAULTS)):
        quirks = quirks_of(maker, number)
        assert Habits(quirks, maker.protocol).names == set(quirks)
        assert len(quirks) == len(set(quirks)) == len(maker.quirks) + number % 2
        assert sum(name.startswith("clock_") for name in quirks) <= 1


def test_three_hundred_chargers_meet_every_fault() -> None:
    met = {name for maker in MAKERS for number in range(15) for name in quirks_of(maker, number)}
    assert met >= set(FAULTS)
    assert set(FAULTS) <= BY_NAME.keys()
