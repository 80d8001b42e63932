"""Readings that are set aside are named, also where the clock put them elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.domain.vocabulary import Protocol
from apps.telling.selectors import tell
from apps.tokens.models import Token
from tests import factories as make
from tests.sessions.story import Teller
from tests.sessions.test_wrong_clocks import text

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("protocol", list(Protocol))
def test_zeros_by_a_factory_clock_are_said_not_to_have_been_read(
    network: Organisation, card: Token, protocol: Protocol
) -> None:
    charger = Teller(network, "CP1", protocol)
    charger.start("2023-01-01T00:00:00Z", 0, NOW)
    for minutes in (45, 30, 15):
        charger.read(text(NOW - minutes * MINUTE), 7_937_500 - minutes * 167, NOW)
    charger.stop(text(NOW), 7_937_500, NOW)
    told = tell(make.user(network, "support", Role.SUPPORT), charger.session, now=NOW)
    (doubt,) = told.evidence.doubts
    assert (doubt.value, doubt.why) == (0, "The meter had not been read yet.")
    (finding,) = [f for f in told.findings if f.code == "readings_set_aside"]
    assert "The meter had not been read yet." in finding.text


@pytest.mark.parametrize("protocol", list(Protocol))
def test_what_is_read_in_another_unit_is_not_said_to_be_set_aside(
    network: Organisation, card: Token, protocol: Protocol
) -> None:
    charger = Teller(network, "CP1", protocol)
    began_at = NOW - 40 * MINUTE
    charger.start(text(began_at), 7_930, began_at)
    for minute in range(1, 40):
        at = began_at + minute * MINUTE
        charger.read(text(at), 7_930 + 0.183 * minute, at, power_w=11_000)
    charger.stop(text(NOW), 7_930 + 0.183 * 40, NOW)
    assert charger.session.energy_wh == pytest.approx(7_320)
    told = tell(make.user(network, "support", Role.SUPPORT), charger.session, now=NOW)
    (doubt,) = told.evidence.doubts
    assert doubt.counts
    assert doubt.why == "It gained 7.3 Wh, and by the power 7.3 kWh, which counts: check the unit."
    assert not [moment for moment in told.moments if "set aside" in moment.text]
    (finding,) = [f for f in told.findings if f.code == "readings_set_aside"]
    assert "odd, though counted" in finding.text


@pytest.mark.parametrize("is_told_late", [True, False])
def test_a_fault_before_the_begin_was_heard_is_not_of_a_session_that_nobody_dates(
    network: Organisation, card: Token, is_told_late: bool
) -> None:
    """Its instants cannot be read, so that its energy alone says when it may have begun."""
    charger, over_at = Teller(network, "CP1", Protocol.OCPP16), NOW - 60 * MINUTE
    charger.start("never", 5_000, over_at - 10 * MINUTE)
    charger.stop("never", 6_000, over_at)
    charger.begin_anew()
    if not is_told_late:
        charger.start("never", 6_000, over_at + 5 * MINUTE)
    at = text(over_at + 20 * MINUTE)
    faulted = {"connectorId": 1, "errorCode": "GroundFailure", "status": "Faulted", "timestamp": at}
    charger.tell("StatusNotification", faulted, over_at + 20 * MINUTE)
    if is_told_late:
        charger.start("never", 6_000, NOW)
    charger.stop("never", 15_000, NOW)
    assert charger.session.started_at <= over_at + 20 * MINUTE
    told = tell(make.user(network, "support", Role.SUPPORT), charger.session, now=NOW)
    codes = {finding.code for finding in told.findings}
    assert ("fault" in codes) is not is_told_late


@pytest.mark.parametrize("minutes", [1, 30])
def test_a_fault_that_was_heard_long_after_the_end_is_of_another_session(
    network: Organisation, card: Token, minutes: int
) -> None:
    """Whatever the clock says that was set back, or stands still."""
    charger, began_at = Teller(network, "CP1", Protocol.OCPP16), NOW - 60 * MINUTE
    charger.start(text(began_at), 5_000, began_at)
    charger.stop(text(NOW), 15_000, NOW)
    at = text(began_at + 10 * MINUTE)
    faulted = {"connectorId": 1, "errorCode": "GroundFailure", "status": "Faulted", "timestamp": at}
    charger.tell("StatusNotification", faulted, NOW + minutes * MINUTE)
    told = tell(make.user(network, "support", Role.SUPPORT), charger.session, now=NOW + 99 * MINUTE)
    assert ("fault" in {finding.code for finding in told.findings}) is (minutes == 1)
