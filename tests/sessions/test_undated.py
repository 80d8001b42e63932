"""Sessions told afterwards of which many instants say nothing: one for all, or that of sending."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.stations.models import Station
from apps.stations.services import declare_topology
from tests.factories import OFFICE
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import BOTH, MINUTE, NOW, network, text

__all__ = ["network"]
BEGAN_AT, TOOK = NOW - 120 * MINUTE, 115 * MINUTE
SENT = timedelta(milliseconds=20)  # between two messages of the queue
LAST = 12
TOPOLOGY = [{"evse_id": 1, "connectors": [{"connector_id": 1, "max_power_w": 22_000}]}]


def true(number: int) -> datetime:
    return BEGAN_AT + TOOK * number / LAST


def sent(number: int) -> datetime:
    return NOW + number * SENT


def hour(number: int) -> datetime:
    return true(number).replace(minute=0, second=0)


def is_within(number: int) -> bool:
    return 0 < number < LAST


def tell(network: Organisation, protocol: Protocol, at: Callable[[int], datetime]) -> Teller:
    """10 kWh in 115 minutes at a connector of 22 kW, heard in a quarter of a second."""
    charger = Teller(network, "UNDATED", protocol)
    declare_topology(Station.objects.get(pk=charger.ref.id), TOPOLOGY, actor=OFFICE)
    charger.start(text(at(0)), 100_000, sent(0))
    for number in range(1, LAST):
        charger.read(text(at(number)), round(100_000 + number * 10_000 / LAST), sent(number))
    charger.stop(text(at(LAST)), 110_000, sent(LAST))
    return charger


TOLD: dict[str, Callable[[int], datetime]] = {
    "readings at the end": lambda n: true(LAST) if is_within(n) else true(n),
    "readings at the begin": lambda n: true(0) if is_within(n) else true(n),
    "readings in the middle": lambda n: true(5) if is_within(n) else true(n),
    "readings by the hour": lambda n: hour(n) if is_within(n) else true(n),
    "readings as sent": lambda n: sent(n) if is_within(n) else true(n),
    "stuck to the middle": lambda n: true(0) if n < 7 else true(n),
    "begin at the end": lambda n: true(LAST) if n == 0 else true(n),
    "begin as sent": lambda n: sent(0) if n == 0 else true(n),
    "begin half an hour late": lambda n: true(0) + 30 * MINUTE if n == 0 else true(n),
    "end at the begin": lambda n: true(0) if n == LAST else true(n),
    "begin and end as sent": lambda n: true(n) if is_within(n) else sent(n),
    "every other one as sent": lambda n: sent(n) if n % 2 else true(n),
}


@BOTH
@pytest.mark.parametrize("told", TOLD)
def test_it_took_what_it_took_as_long_as_it_did(
    network: Organisation, protocol: Protocol, told: str
) -> None:
    session = tell(network, protocol, TOLD[told]).session
    assert session.ended_at is not None
    assert abs(session.ended_at - session.started_at - TOOK) <= 6 * MINUTE
    assert session.energy_wh == pytest.approx(10_000)
    assert session.flags == "clock"


@BOTH
@pytest.mark.parametrize("at", [hour, sent])
def test_of_which_no_length_is_told_it_has_one_in_which_its_energy_could_flow(
    network: Organisation, protocol: Protocol, at: Callable[[int], datetime]
) -> None:
    session = tell(network, protocol, at).session
    assert session.ended_at is not None
    assert 20 * MINUTE < session.ended_at - session.started_at <= TOOK
    assert session.energy_wh == pytest.approx(10_000)
    assert session.flags == "clock"


@BOTH
def test_what_was_dated_right_just_before_it_was_sent_is_believed(
    network: Organisation, protocol: Protocol
) -> None:
    """The link came back as it ended."""
    session = tell(network, protocol, lambda n: true(n) + 5 * MINUTE).session
    assert session.ended_at is not None
    assert session.ended_at - session.started_at == TOOK
    assert session.flags == ""
