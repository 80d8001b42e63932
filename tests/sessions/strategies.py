"""Stories of sessions for hypothesis: what a station tells, and the ways in which it arrives."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from apps.domain.events import (
    Sample,
    SessionEnded,
    SessionEvent,
    SessionStarted,
    SessionUpdated,
    Token,
)
from apps.domain.vocabulary import ChargingState, SampleContext

BEGAN_AT = datetime(2025, 3, 1, 8, tzinfo=UTC)
TRANSACTION = "tx-1"
TOKENS = (None, None, Token("AB12", "ISO14443"), Token("CD34", "Central"))
CONTEXTS = ("Sample.Periodic", "Sample.Clock", "Trigger")


def at(seconds: float) -> datetime:
    return BEGAN_AT + timedelta(seconds=seconds)


@st.composite
def meters(draw: st.DrawFn, *, least: int = 0, most: int = 12) -> list[Sample]:
    """Readings in order of time: rising, rounding, resetting, leaping, or without register.

    A station that tells of one instant twice tells the same; see ``crowding`` for the others.
    """
    register_wh, second = float(draw(st.integers(0, 5_000))), 0
    readings: list[Sample] = []
    for _ in range(draw(st.integers(least, most))):
        second += draw(st.sampled_from((0, 1, 30, 60, 900)))
        change = draw(st.sampled_from(("rise", "rise", "rise", "dip", "reset", "leap", "none")))
        shown: float | None = register_wh
        match change:
            case "rise":
                register_wh += draw(st.sampled_from((0.0, 1.0, 250.0, 833.3)))
                shown = register_wh
            case "dip":
                shown = max(0.0, register_wh - draw(st.sampled_from((1.0, 9.0, 500.0))))
            case "reset":
                register_wh = shown = draw(st.sampled_from((0.0, 3.0)))
            case "leap":
                shown = register_wh + 5e7
            case "none":
                shown = None
        power_w = draw(st.sampled_from((None, 0.0, 7_400.0, 11_000.0)))
        context = draw(st.sampled_from(CONTEXTS))
        second += any((r.at, r.context) == (at(second), context) for r in readings)
        readings.append(Sample(at(second), context, shown, power_w))
    return readings


@st.composite
def stories_201(draw: st.DrawFn) -> list[SessionEvent]:
    """Started, Updated*, Ended of one transaction, some offline, some split in two."""
    seq, second = 0, 0
    common: dict[str, Any] = {"transaction_id": TRANSACTION}
    begin = Sample(at(0), SampleContext.BEGIN.value, 100.0)
    has_place = draw(st.booleans())
    first = common | {"evse_id": 1, "connector_id": 1} if has_place else common
    token = draw(st.sampled_from(TOKENS))
    events: list[SessionEvent] = [
        SessionStarted(at=at(0), seq=0, token=token, samples=(begin,), **first)
    ]
    for sample in draw(meters()):
        second = max(second, int((sample.at - BEGAN_AT).total_seconds()))
        for part in range(draw(st.sampled_from((1, 1, 1, 2)))):
            seq += 1
            events.append(
                SessionUpdated(
                    at=sample.at,
                    seq=seq,
                    evse_id=draw(st.sampled_from((None, 1))),
                    token=draw(st.sampled_from(TOKENS)),
                    charging_state=draw(st.sampled_from((None, *ChargingState))),
                    is_offline=draw(st.booleans()),
                    samples=(sample,) if part == 0 else (),
                    **common,
                )
            )
    return [*events, draw(ends(seq + 1, second + 60))] if draw(st.booleans()) else events


@st.composite
def ends(draw: st.DrawFn, seq: int, second: int) -> SessionEnded:
    """The last event of the transaction."""
    return SessionEnded(
        at=at(second),
        seq=seq,
        transaction_id=TRANSACTION,
        charging_state=draw(st.sampled_from((None, ChargingState.IDLE))),
        token=draw(st.sampled_from(TOKENS)),
        samples=(Sample(at(second), SampleContext.END.value, 2_500.0),),
        stop_reason=draw(st.sampled_from(("Local", "EVDisconnected"))),
    )


@st.composite
def arrivals(draw: st.DrawFn, story: list[Any]) -> list[Any]:
    """The story in any order, any part of it up to three times."""
    repeats = [draw(st.integers(1, 3)) for _ in story]
    repeated = [part for part, times in zip(story, repeats, strict=True) for _ in range(times)]
    return list(draw(st.permutations(repeated)))


@st.composite
def batches(draw: st.DrawFn, items: list[Any]) -> list[list[Any]]:
    """The items in order, cut into commits of one to all of them."""
    cut: list[list[Any]] = []
    rest = list(items)
    while rest:
        size = draw(st.integers(1, len(rest)))
        cut.append(rest[:size])
        rest = rest[size:]
    return cut
