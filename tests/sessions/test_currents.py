"""What amperes tell of a session whose register stood still, with volts and without."""

from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.domain.events import Sample
from apps.domain.vocabulary import Protocol, SampleContext
from apps.sessions.measuring import total
from apps.sessions.models import Session
from apps.sessions.power import power_of
from apps.sessions.sequence import Span
from apps.telling.aside import doubts_in
from apps.telling.selectors import tell
from apps.tokens.models import Token
from tests import factories as make
from tests.sessions.story import Teller
from tests.sessions.strategies import at
from tests.sessions.test_beside import Sampled, _tell, sampled
from tests.sessions.test_odd_readings import BOTH, MARK, MINUTE, T0
from tests.sessions.test_wrong_clocks import text

PHASES = ("L1", "L2", "L3")
Volts = tuple[float | None, float | None, float | None]


@pytest.fixture
def network(network: Organisation, card: Token, tariff: object) -> Organisation:
    return network


@pytest.mark.parametrize(
    ("volts", "amperes", "watts"),
    [
        ((230.0, 230.0, 230.0), (8.0, 8.0, 8.0), 5_520.0),
        ((230.0, None, None), (8.0, 8.0, 8.0), 5_520.0),  # told without a phase
        ((400.0, None, None), (8.0, 8.0, 8.0), 5_542.6),  # between two of them
        ((400.0, 400.0, 400.0), (8.0, 8.0, 8.0), 5_542.6),
        ((230.0, None, None), (16.0, 0.0, 0.0), 3_680.0),
        ((400.0, None, None), (125.0, None, None), 50_000.0),  # direct current
        ((230.0, 230.0, 230.0), (10.0, 10.0, None), 4_600.0),
    ],
)
def test_volts_times_amperes_of_all_phases(volts: Volts, amperes: Volts, watts: float) -> None:
    sample = Sample(at(0), current_a=amperes, voltage_v=volts)
    assert power_of(sample) == pytest.approx(watts, abs=0.1)


@pytest.mark.parametrize(
    ("volts", "amperes"), [((230.0,) * 3, (None,) * 3), ((None,) * 3, (8.0,) * 3)]
)
def test_neither_is_a_power_by_itself(volts: Volts, amperes: Volts) -> None:
    assert power_of(Sample(at(0), current_a=amperes, voltage_v=volts)) is None


@pytest.mark.parametrize(
    ("amperes", "wh", "is_doubted"),
    [(8.0, 0.0, True), (6.0, 0.0, True), (0.5, 0.0, False), (8.0, 9_000.0, False)],
)
def test_amperes_alone_are_not_billed_and_say_that_a_register_stood_still(
    amperes: float, wh: float, is_doubted: bool
) -> None:
    told = [
        Sample(at(600 * n), register_wh=100_000 + wh * n / 11, current_a=(amperes,) * 3)
        for n in range(12)
    ]
    totals = total(told, Span(at(0), at(6_600), 22_000.0))
    assert (totals.energy_wh, totals.is_doubted) == (pytest.approx(wh), is_doubted)


def test_amperes_of_a_lone_register_are_no_doubt_of_it() -> None:
    told = [Sample(at(600 * n), current_a=(8.0, None, None)) for n in range(12)]
    told.append(Sample(at(6_600), SampleContext.END.value, 100_000.0))
    assert not total(told, Span(at(0), at(6_600))).is_doubted


def still(
    network: Organisation, protocol: Protocol, values: list[Sampled], register_wh: float
) -> Session:
    """For two hours at one register, with other values every ten minutes."""
    charger = Teller(network, "STILL", protocol)
    charger.start(text(T0), register_wh, T0)
    for number in range(1, 12):
        _tell(charger, number, T0 + 10 * number * MINUTE, values)
    charger._seq = 40
    charger.stop(text(T0 + 115 * MINUTE), register_wh, T0 + 115 * MINUTE)
    return charger.session


def currents(protocol: Protocol) -> list[Sampled]:
    return [sampled(protocol, 8.0, "Current.Import", "A", phase=phase) for phase in PHASES]


def findings(network: Organisation, session: Session) -> dict[str, str]:
    told = tell(make.user(network, "support", Role.SUPPORT), session, now=T0 + 120 * MINUTE)
    return {finding.code: finding.text for finding in told.findings}


@BOTH
@pytest.mark.parametrize("register_wh", [0, 100_000])
@pytest.mark.parametrize(
    "volts",
    [
        [(400.0, {"phase": phase}) for phase in ("L1-L2", "L2-L3", "L3-L1")],
        [(230.0, {"phase": f"{phase}-N"}) for phase in PHASES],
        [(230.0, {})],
        [(400.0, {})],
    ],
)
def test_a_register_that_stood_still_gives_way_to_volts_times_amperes(
    network: Organisation, protocol: Protocol, volts: list[tuple[float, Any]], register_wh: float
) -> None:
    told = [sampled(protocol, value, "Voltage", "V", **more) for value, more in volts]
    session = still(network, protocol, [*currents(protocol), *told], register_wh)
    assert session.energy_wh == pytest.approx(9_200, rel=0.01)
    assert MARK in session.flags.split()


@BOTH
@pytest.mark.parametrize("register_wh", [0, 100_000])
def test_nobody_is_told_that_nothing_flowed_where_amperes_did(
    network: Organisation, protocol: Protocol, register_wh: float
) -> None:
    session = still(network, protocol, currents(protocol), register_wh)
    assert session.energy_wh == 0
    assert MARK in session.flags.split()
    (doubt,) = doubts_in(session)
    assert (doubt.counts, "up to 8.0 A" in doubt.why) == (True, True)
    told = findings(network, session)
    assert "no_energy" not in told
    assert "It did not move, although the meter told of up to 8.0 A" in told["readings_set_aside"]
