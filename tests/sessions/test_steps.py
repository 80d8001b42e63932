"""A clock that was set in a session that is told afterwards, readings lost or odd around it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import BOTH, MINUTE, NOW, network, text

__all__ = ["network"]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEHIND = pytest.mark.parametrize("behind", [3 * HOUR, DAY, 5 * DAY, 20 * DAY, 40 * DAY])
EVERY = 10  # minutes


def even(minute: int) -> float:
    return 100_000 + minute * 10_000 / 120


def replayed(
    network: Organisation,
    protocol: Protocol,
    behind: timedelta,
    lost: tuple[int, ...],
    *,
    steps: int = 12,
    until: int = 6,
    register: Callable[[int], float] = even,
) -> Teller:
    """10 kWh in two hours: the first ``until`` of its instants, the begin among them, are told
    behind. All is heard in a minute, an hour after its end.
    """
    charger, began_at = Teller(network, "STEP", protocol), NOW - 3 * HOUR
    every = 120 // steps

    def said(number: int) -> str:
        at = began_at + number * every * MINUTE
        return text(at - behind if number < until else at)

    charger.start(said(0), 100_000, NOW)
    for number in range(1, steps):
        if number not in lost:
            heard_at = NOW + number * timedelta(seconds=2)
            charger.read(said(number), register(number * every), heard_at)
    charger.stop(said(steps), register(120), NOW + MINUTE)
    return charger


def took(charger: Teller) -> timedelta:
    session = charger.session
    assert session.ended_at is not None
    return session.ended_at - session.started_at


@BOTH
@BEHIND
@pytest.mark.parametrize("lost", [(), (5,), (6,), (5, 6), (6, 7)])
def test_readings_that_were_lost_around_the_step_add_nothing(
    network: Organisation, protocol: Protocol, behind: timedelta, lost: tuple[int, ...]
) -> None:
    charger = replayed(network, protocol, behind, lost)
    assert abs(took(charger) - 2 * HOUR) <= EVERY * MINUTE
    assert charger.session.energy_wh == pytest.approx(10_000)
    assert "clock" in charger.session.flags.split()


@BOTH
@BEHIND
@pytest.mark.parametrize("lost", [(), (1,), (1, 2)])
def test_a_begin_alone_that_was_told_behind_adds_nothing(
    network: Organisation, protocol: Protocol, behind: timedelta, lost: tuple[int, ...]
) -> None:
    charger = replayed(network, protocol, behind, lost, until=1)
    assert abs(took(charger) - 2 * HOUR) <= EVERY * MINUTE
    assert "clock" in charger.session.flags.split()


@BOTH
@BEHIND
@pytest.mark.parametrize("lost", [(), (11,)])
def test_an_end_alone_that_was_told_right_adds_nothing(
    network: Organisation, protocol: Protocol, behind: timedelta, lost: tuple[int, ...]
) -> None:
    charger = replayed(network, protocol, behind, lost, until=12)
    assert abs(took(charger) - 2 * HOUR) <= 2 * EVERY * MINUTE
    assert "clock" in charger.session.flags.split()


@BOTH
@BEHIND
def test_few_readings_show_the_step_with_begin_and_end(
    network: Organisation, protocol: Protocol, behind: timedelta
) -> None:
    charger = replayed(network, protocol, behind, (), steps=4, until=2)
    assert abs(took(charger) - 2 * HOUR) <= MINUTE
    assert "clock" in charger.session.flags.split()


@BOTH
@BEHIND
@pytest.mark.parametrize(
    "odd", [lambda m: 3.0 if m == 70 else even(m), lambda m: even(m) + 300_000 * (m == 60),
            lambda m: even(m) + 400 * (m >= 60), lambda m: 100_000 + 10_000 * (m / 120) ** 2],
)  # fmt: skip
def test_an_odd_reading_at_the_step_and_an_uneven_flow_hide_nothing(
    network: Organisation,
    protocol: Protocol,
    behind: timedelta,
    odd: Callable[[int], float],
) -> None:
    charger = replayed(network, protocol, behind, (), register=odd)
    assert abs(took(charger) - 2 * HOUR) <= 2 * EVERY * MINUTE
    assert "clock" in charger.session.flags.split()


@BOTH
@pytest.mark.parametrize("idle", [HOUR, 5 * HOUR, DAY])
def test_a_car_that_pauses_is_billed_its_time(
    network: Organisation, protocol: Protocol, idle: timedelta
) -> None:
    """Read all the while; or silent, where a station tells by the energy, and as much flowed."""
    charger, began_at = Teller(network, "IDLE", protocol), NOW - 3 * HOUR - idle
    charger.start(text(began_at), 100_000, NOW)
    at, wh = began_at, 100_000.0
    while at + 10 * MINUTE < began_at + 2 * HOUR + idle:
        at += 10 * MINUTE
        wh += 0 if HOUR <= at - began_at < HOUR + idle else 900
        charger.read(text(at), wh, NOW)
    charger.stop(text(began_at + 2 * HOUR + idle), wh, NOW + MINUTE)
    assert took(charger) == 2 * HOUR + idle
    assert "clock" not in charger.session.flags.split()
