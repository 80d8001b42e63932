"""What fits a session and what does not, in words; and that a true stop always finds its own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.sessions import fitting
from apps.sessions.fitting import Claim, Known

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
KNOWN = Known(2, NOON, register_wh=108_000, register_at=NOON + timedelta(minutes=60))


def later(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


HERE = "the session on connector 2"
AC = {"energy_wh": 8_000, "seen_w": 11_000.0}
OTHER = {"is_same_holder": False}
BOOTED = {"heard_at": later(60), "booted_at": later(80)}


def away(kwh: float) -> str:
    return f"Its register is {kwh} kWh away from {HERE}"


@pytest.mark.parametrize(
    ("claim", "known", "why"),
    [
        (Claim(later(61), register_wh=108_500), {}, ""),
        (Claim(later(61), register_wh=107_991), {}, ""),
        (Claim(later(61), register_wh=107_900), {}, away(0.1)),
        (Claim(later(61), register_wh=958_000), {}, away(850)),
        (Claim(later(90), register_wh=125_000), {"power_w": 22_000}, away(17)),
        (Claim(later(90), register_wh=118_000), {"power_w": 22_000}, ""),
        (Claim(later(90), register_wh=200_000), AC, away(92)),
        (Claim(later(61), register_wh=0), {}, ""),
        (Claim(later(61), register_wh=2**31 - 1), {}, ""),
        (Claim(later(61), evse_id=1), {}, f"It is about connector 1, not {HERE}"),
        (Claim(later(61), evse_id=2), {}, ""),
        (Claim(later(61), token_uid="CD34"), OTHER, f"Its card is another than that of {HERE}"),
        (Claim(later(61)), {"ended_at": later(60)}, "The session on connector 2 has ended"),
        (Claim(later(-1)), {}, f"It is from before {HERE} began"),
        (Claim(later(-1), is_trusted=False), {}, ""),
        (Claim(later(50), register_wh=108_000), {}, "The session on connector 2 went on after it"),
        (Claim(later(59), register_wh=108_000), {}, ""),
        (Claim(later(90)), BOOTED, f"The station has booted since {HERE} was heard of"),
        (Claim(later(90), reason="PowerLoss"), BOOTED, ""),
        (Claim(later(70)), BOOTED, ""),
        (Claim(later(61), register_wh=250_000, is_trusted=False), {}, ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_words(
    claim: Claim, known: dict[str, object], why: str
) -> None:
    assert fitting.misfit(claim, replace(KNOWN, **known)) == why  # type: ignore[arg-type]


@st.composite
def running(draw: st.DrawFn, place: int) -> Known:
    """A session that has been read some minutes after it began, far from all others' registers."""
    began, read_after = draw(st.integers(0, 600)), draw(st.integers(0, 600))
    base_wh, rate_w = 1_000_000.0 * place, draw(st.integers(0, 22_000))
    energy_wh = rate_w * read_after / 60
    return Known(
        evse_id=place,
        started_at=later(began),
        register_wh=base_wh + energy_wh,
        register_at=later(began + read_after),
        energy_wh=energy_wh,
        seen_w=float(rate_w),
        power_w=draw(st.sampled_from((None, 22_000.0))),
    )


@given(st.data())
def test_a_true_stop_fits_its_own_session_and_no_other(data: st.DataObject) -> None:
    sessions = [data.draw(running(place)) for place in range(1, 5)]
    own = data.draw(st.sampled_from(sessions))
    assert own.register_at is not None
    assert own.register_wh is not None
    minutes, rate_w = data.draw(st.integers(0, 600)), data.draw(st.integers(0, 22_000))
    stop_wh = own.register_wh + min(rate_w * minutes / 60, 150_000)
    stop = Claim(own.register_at + timedelta(minutes=minutes), register_wh=stop_wh)
    assert [s for s in data.draw(st.permutations(sessions)) if not fitting.misfit(stop, s)] == [own]


@given(running(1), st.integers(0, 600), st.floats(200_000, 1e8))
def test_a_stop_beyond_what_can_have_flowed_fits_nothing(
    known: Known, minutes: int, beyond_wh: float
) -> None:
    assert known.register_at is not None
    assert known.register_wh is not None
    at, told_wh = known.register_at + timedelta(minutes=minutes), known.register_wh + beyond_wh
    stop = Claim(at, register_wh=told_wh + 22_000 * 1.1 * minutes / 60 + fitting.AT_ONCE_WH)
    assert fitting.misfit(stop, known)
