"""The law of money: whatever a station's clock and meter do to its story, it is billed as it was.

A story is what really happened: a car that takes a steady power for a while. What the station
tells of it has faults of its clock and its meter, and comes in any order, repeated, live or late.
Then energy and time are those of the story, or the session says that it is not sure; and never is
more billed than was taken.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.models import Session
from apps.sessions.timing import USUAL_W
from apps.tokens.models import Token
from tests.quick import examples
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import text

BEGAN_AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FACTORY = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC),
           datetime(2000, 1, 1, tzinfo=UTC))  # fmt: skip
ONE, SAMPLE_WH = 15, 0.5
STEPS_MIN = (-301, -61, 61, 301)
FAULTS = (
    "none", "none", "set", "lost", "ahead", "behind", "years", "years ahead", "summer", "step",
)  # fmt: skip
numbers = count()
law = settings(
    max_examples=examples(250),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Told:
    """One message: what really was, and what the station says."""

    kind: str  # start, read, stop
    at: datetime
    wh: float
    said_at: datetime
    said_wh: float
    power_w: float | None = None


@st.composite
def truths(draw: st.DrawFn) -> list[Told]:
    """A start, readings a quarter of an hour apart, a stop: all of it true."""
    power_w = draw(st.sampled_from((3_600, 7_200, 11_000, 22_000)))
    start_wh = float(draw(st.sampled_from((500, 60_000, 7_930_000))))
    quarters, has_power = draw(st.integers(4, 9)), draw(st.booleans())
    story = []
    for number in range(quarters + 1):
        at, wh = BEGAN_AT + number * ONE * MINUTE, start_wh + power_w * number * ONE / 60
        kind = "start" if number == 0 else "stop" if number == quarters else "read"
        story.append(Told(kind, at, wh, at, wh, power_w if has_power and kind == "read" else None))
    return story


@st.composite
def offsets(draw: st.DrawFn, fault: str, story: list[Told]) -> timedelta | None:
    """By how much a clock is wrong all the time."""
    factory = draw(st.sampled_from(FACTORY))
    return {
        "ahead": timedelta(hours=2),
        "behind": -timedelta(hours=draw(st.integers(1, 30))),
        "years": factory - story[0].at,
        "years ahead": timedelta(days=9 * 365),
    }.get(fault)


@st.composite
def clock_faults(draw: st.DrawFn, story: list[Told]) -> list[Told]:
    """Nothing; a clock that is set, or lost, in the middle; one that is off all the time."""
    fault = draw(st.sampled_from(FAULTS))
    if (by := draw(offsets(fault, story))) is not None:
        return [moved(t, by) for t in story]
    cut = draw(st.integers(1, len(story) - 1))
    factory = draw(st.sampled_from(FACTORY))
    match fault:
        case "set":
            shift = factory - story[0].at
            return [moved(t, shift) if n < cut else t for n, t in enumerate(story)]
        case "lost":
            shift = factory - story[cut].at
            return [t if n < cut else moved(t, shift) for n, t in enumerate(story)]
        case "step":
            shift = timedelta(minutes=draw(st.sampled_from(STEPS_MIN)))
            return [t if n < cut else moved(t, shift) for n, t in enumerate(story)]
        case "summer":
            return [*story[:-1], moved(story[-1], -timedelta(hours=1))]
    return story


@st.composite
def meter_faults(draw: st.DrawFn, story: list[Told]) -> list[Told]:
    """Nothing; zero before it was read; a reading of another size in the middle.

    Where the clock is right the power bears witness: begin, end or all after a leap may be off, or
    all be told in another unit.
    """
    if story[1].power_w is not None and all(t.said_at == t.at for t in story):
        return draw(refuted(story))
    fault = draw(st.sampled_from(("none", "none", "unread", "high", "zero", "unit", "rounded")))
    middle = draw(st.integers(1, len(story) - 2))
    match fault:
        case "unread" if story[0].wh >= 60_000:
            return [replace(story[0], said_wh=0.0), *story[1:]]
        case "high":
            return changed(story, middle, story[middle].wh + 5e8)
        case "zero":
            return changed(story, middle, 0.0)
        case "unit":
            return changed(story, middle, story[middle].wh / 1000)
        case "rounded":
            return changed(story, len(story) - 1, story[-1].wh - SAMPLE_WH)
    return story


@st.composite
def refuted(draw: st.DrawFn, story: list[Told]) -> list[Told]:
    """What the power speaks against."""
    off_wh = draw(st.integers(6, 200)) * (story[1].wh - story[0].wh) / 2
    match draw(st.sampled_from(("begin", "end", "leap", "kWh called Wh", "Wh called kWh"))):
        case "begin":
            return changed(story, 0, story[0].wh - off_wh)
        case "end":
            return changed(story, len(story) - 1, story[-1].wh + off_wh)
        case "leap":
            middle = draw(st.integers(1, len(story) - 2))
            return [
                t if n < middle else replace(t, said_wh=t.wh + off_wh) for n, t in enumerate(story)
            ]
        case "kWh called Wh":
            return [replace(t, said_wh=t.wh / 1_000) for t in story]
    return [replace(t, said_wh=t.wh * 1_000) for t in story]


def moved(told: Told, by: timedelta) -> Told:
    return replace(told, said_at=told.said_at + by)


def changed(story: list[Told], number: int, wh: float) -> list[Told]:
    return [replace(t, said_wh=wh) if n == number else t for n, t in enumerate(story)]


def tell(charger: Teller, story: list[Told], *, is_live: bool) -> None:
    end = story[-1].at + MINUTE
    how: dict[str, Any] = {"start": charger.start, "read": charger.read, "stop": charger.stop}
    for number, told in enumerate(story):
        heard_at = told.at if is_live else end + timedelta(milliseconds=10 * number)
        power = {} if told.power_w is None else {"power_w": told.power_w}
        how[told.kind](text(told.said_at), told.said_wh, heard_at, **power)


@pytest.mark.parametrize("protocol", list(Protocol))
@law
@given(st.data())
def test_a_session_is_billed_as_it_was_or_says_that_it_is_not_sure(
    network: Organisation, card: Token, protocol: Protocol, data: st.DataObject
) -> None:
    truth = data.draw(truths())
    told = data.draw(meter_faults(data.draw(clock_faults(truth))))
    charger = Teller(network, f"TRUE{next(numbers)}", protocol)
    start, *rest = told
    is_live = data.draw(st.booleans())
    if protocol is Protocol.OCPP16:
        stop = rest.pop()
        repeats = [t for t in rest for _ in range(data.draw(st.integers(1, 2)))]
        rest = [*(repeats if is_live else data.draw(st.permutations(repeats))), stop]
    tell(charger, [start, *rest], is_live=is_live)
    judge(charger.session, truth, told)


def judge(session: Session, truth: list[Told], told: list[Told]) -> None:
    flags = session.flags.split()
    assert session.ended_at is not None
    true_wh = truth[-1].wh - truth[0].wh
    a_sample = truth[1].wh - truth[0].wh
    assert session.energy_wh <= true_wh + 1, flags
    by_clock = [t.said_at for t in told] != [t.at for t in truth]
    by_meter = [t.said_wh for t in told] != [t.wh for t in truth]
    if not (by_clock and by_meter):
        assert session.energy_wh >= true_wh - a_sample - 1, flags
    if session.energy_wh < true_wh - 1:
        assert {"implausible_reading", "missing_reading", "unread_reading"}.intersection(flags)
    took_s = (session.ended_at - session.started_at).total_seconds()
    true_s = (truth[-1].at - truth[0].at).total_seconds()
    is_right = took_s == pytest.approx(true_s, abs=61)
    assert is_right or "clock" in flags
    estimated_s = true_wh / USUAL_W * 3600
    assert took_s <= max(1.5 * true_s, estimated_s) + 60
    if [t.said_at for t in told] == [t.at for t in truth]:
        assert is_right
        assert "clock" not in flags
