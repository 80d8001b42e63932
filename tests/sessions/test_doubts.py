"""What is said of a reading that is not believed."""

import pytest

from apps.domain.events import Sample
from apps.sessions.doubts import doubts_of
from apps.sessions.measuring import total
from apps.sessions.sequence import Span
from tests.sessions.strategies import at

Readings = list[tuple[float, float]]  # second, Wh


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        ([(0, 0), (15, 150_100)], ["150.1 kWh in 15 s cannot be: check the unit."]),
        ([(0, 0), (60, 7_930_000), (3_600, 7_933_000)], ["The meter had not been read yet."]),
        ([(0, 1_000), (60, 1_200), (120, 1), (180, 1_300)], ["It is below the 1.2 kWh before it."]),
        ([(0, 2**31 - 1), (60, 300), (120, 500)], ["It is above the 0.3 kWh that followed."]),
        (
            [(0, 1_000), (900, 3_000), (1_800, 9_003_000), (2_700, 9_005_000)],
            ["9 000 kWh in 15 min cannot be: check the unit."],
        ),
        ([(0, 1_000), (900, 3_000)], []),
        (
            [(0, 1_000), (900, 3_000), (960, 0), (1_800, 2_000)],
            ["It is below the 3 kWh before it. It began again: both of its parts count."],
        ),
        ([], []),
    ],
)
def test_what_is_set_aside_says_why(readings: Readings, said: list[str]) -> None:
    samples = [Sample(at(second), register_wh=wh) for second, wh in readings]
    found = doubts_of(samples, Span(at(0)))
    assert [doubt.why.replace("\u202f", " ") for doubt in found] == said
    assert total(samples, Span(at(0))).is_doubted is bool(said)
