"""Old samples go where no bill, chart or diagnosis is told otherwise without them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.events import Sample
from apps.sessions import measuring, sequence
from apps.sessions.sequence import Span
from apps.sessions.thinning import Key, key_of, news, superfluous, told_of
from apps.tariffs.pricing import Price, Rates, price
from tests.sessions.strategies import at, meters

TARIFFS = (
    Rates("EUR", energy_per_kwh=Decimal("0.39"), vat_pct=Decimal(21)),
    Rates("EUR", Decimal("0.5512"), Decimal("3.5"), Decimal("0.35"), Decimal("7.7")),
    Rates("JPY", Decimal(61), Decimal(125), Decimal(50), Decimal(10)),
    Rates("KWD", time_per_hour=Decimal("0.123")),
)


def without(samples: Iterable[Sample], gone: set[Key]) -> list[Sample]:
    return [s for s in samples if key_of(s) not in gone]


def merged(samples: Iterable[Sample]) -> list[Sample]:
    """As they are stored: one for each instant and context."""
    found: dict[Key, Sample] = {}
    for s in samples:
        found[key_of(s)] = sequence.merge_samples(found[key_of(s)], s) if key_of(s) in found else s
    return list(found.values())


def prices(samples: Iterable[Sample], until: datetime) -> list[Price]:
    return [price(rates, told_of(samples, Span(at(0), until))[1]) for rates in TARIFFS]


def charge(minutes: int, *, idle: int = 0, every_s: int = 60) -> list[Sample]:
    """7.4 kW for some minutes, then nothing; what the meter shows at each step."""
    found, wh = [], 5_000.0
    for second in range(0, (minutes + idle) * 60 + 1, every_s):
        power_w = 7_400.0 + second % 7 if second < minutes * 60 else 0.0
        phases = (power_w / 230, None, None)
        found.append(Sample(at(second), "Sample.Periodic", wh, power_w, None, phases))
        wh += power_w * every_s / 3600
    return found


@given(meters(most=60), st.integers(0, 20_000))
def test_the_bill_is_the_same_for_any_samples_under_any_tariff(
    samples: list[Sample], second: int
) -> None:
    samples, until = merged(samples), at(second)
    thinned = without(samples, superfluous(samples, at(0), until))
    assert told_of(thinned, Span(at(0), until)) == told_of(samples, Span(at(0), until))
    assert prices(thinned, until) == prices(samples, until)


@given(meters(most=40), st.integers(0, 20_000))
def test_thinning_again_takes_nothing_that_matters(samples: list[Sample], second: int) -> None:
    samples, until = merged(samples), at(second)
    once = without(samples, superfluous(samples, at(0), until))
    twice = without(once, superfluous(once, at(0), until))
    assert told_of(twice, Span(at(0), until)) == told_of(samples, Span(at(0), until))


def interpolated(samples: list[Sample], instant: datetime) -> float:
    before = max((s for s in samples if s.at <= instant), key=lambda s: s.at)
    after = min((s for s in samples if s.at >= instant), key=lambda s: s.at)
    assert before.register_wh is not None
    assert after.register_wh is not None
    span_s = (after.at - before.at).total_seconds()
    share = (instant - before.at).total_seconds() / span_s if span_s else 0.0
    return before.register_wh + share * (after.register_wh - before.register_wh)


@pytest.mark.parametrize("every_s", [10, 47, 60, 300])
def test_at_each_quarter_of_an_hour_the_meter_is_as_exact_as_before(every_s: int) -> None:
    samples = charge(240, idle=120, every_s=every_s)
    thinned = without(samples, superfluous(samples, at(0), samples[-1].at))
    assert len(thinned) < len(samples)
    for quarter in range(23):
        instant = at(quarter * 900)
        assert interpolated(thinned, instant) == interpolated(samples, instant)


def test_a_fifth_of_a_usual_session_is_left() -> None:
    samples = charge(480, idle=120)
    left = without(samples, superfluous(samples, at(0), samples[-1].at))
    assert len(left) < len(samples) / 5


def test_what_stands_out_stays() -> None:
    samples = charge(60, idle=30)
    samples[7] = Sample(at(420), "Sample.Periodic", samples[7].register_wh, 11_000.0)
    samples[22] = Sample(at(1_320), "Trigger", samples[22].register_wh, 7_400.0)
    samples[23] = Sample(at(1_380), register_wh=samples[23].register_wh, is_trusted=False)
    left = without(samples, superfluous(samples, at(0), at(5_400)))
    flowing = [s for s in samples if s.power_w and s.power_w > 50]
    assert {0, 420, 1_320, 1_380, 5_400} <= {(s.at - at(0)).total_seconds() for s in left}
    assert flowing[-1] in left
    assert len(left) < len(samples)


def test_a_session_without_a_register_stays_whole() -> None:
    samples = [Sample(at(60 * n), power_w=3_000.0 + n % 5) for n in range(90)]
    assert superfluous(samples, at(0), at(90 * 60)) == set()


def test_a_session_whose_meter_began_again_keeps_both_sides_of_it() -> None:
    samples = charge(60) + [
        Sample(at(3_660 + 60 * n), register_wh=100.0 * n, power_w=6_000.0) for n in range(60)
    ]
    left = without(samples, superfluous(samples, at(0), at(7_200)))
    assert len(left) < len(samples) / 2
    assert told_of(left, Span(at(0), at(7_200))) == told_of(samples, Span(at(0), at(7_200)))


@given(st.integers(-200, 7_000), st.floats(0, 1e8), st.booleans())
def test_a_late_reading_counts_as_it_would_have_or_not_at_all(
    second: int, wh: float, fits: bool
) -> None:
    samples, until = charge(60, idle=40), at(6_000)
    kept = {key_of(s): s for s in without(samples, superfluous(samples, at(0), until))}
    whole = {key_of(s): s for s in samples}
    late = Sample(at(second), "Other", interpolated_or(samples, second, wh) if fits else wh)
    told = news({key_of(late): late}, kept)
    found = measuring.total({**kept, **told}.values(), Span(at(0), until))
    if told or fits:
        expected = measuring.total({**whole, key_of(late): late}.values(), Span(at(0), until))
    else:
        expected = measuring.total(samples, Span(at(0), until))
    assert found.energy_wh == pytest.approx(expected.energy_wh, abs=1e-6)


def interpolated_or(samples: list[Sample], second: int, wh: float) -> float:
    inside = 0 <= second <= 6_000
    return interpolated(samples, at(second)) if inside else wh


def test_of_a_session_that_kept_nothing_all_that_comes_late_is_news() -> None:
    late = Sample(at(0) - timedelta(minutes=1), register_wh=1.0)
    assert news({key_of(late): late}, {}) == {key_of(late): late}


def test_what_goes_is_judged_by_what_the_connector_delivers() -> None:
    """A leap that only its declared power refutes must be refuted by what stays, too."""
    rising = [Sample(at(60 * n), register_wh=100.0 * n, power_w=6_000) for n in range(120)]
    leap = Sample(at(7_200), register_wh=312_000.0, power_w=6_000)
    told, span = [*rising, leap], Span(at(0), at(7_260), 11_000.0)
    gone = superfluous(told, span.began_at, at(7_260), span.limit_w)
    assert gone
    kept = [sample for sample in told if (sample.at, sample.context) not in gone]
    assert told_of(kept, span) == told_of(told, span)
    assert told_of(told, span)[0].energy_wh == 11_900
