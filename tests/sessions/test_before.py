"""Sessions that are told to begin at zero, held against what their connector showed before."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Organisation
from apps.domain.vocabulary import Protocol
from apps.sessions.before import find_shown
from apps.sessions.checking import bills_anew
from apps.sessions.models import Session
from apps.sessions.unread import Shown
from apps.telling.aside import doubts_in
from apps.tokens.models import Token
from tests.sessions.story import Teller
from tests.sessions.test_odd_readings import BOTH, MARK, MINUTE, T0, Readings
from tests.sessions.test_wrong_clocks import text

HOUR = 60 * MINUTE


@pytest.fixture
def charger(network: Organisation, card: Token, tariff: object, protocol: Protocol) -> Teller:
    return Teller(network, "BEFORE", protocol)


def lived(
    charger: Teller, at: datetime, readings: Readings, *, heard_at: datetime | None = None
) -> Session:
    """Minute and Wh; the first is the begin, the last the end."""
    (_, begin_wh), *between, (end_min, end_wh) = readings
    charger.start(text(at), begin_wh, heard_at or at)
    for minute, wh in between:
        charger.read(text(at + minute * MINUTE), wh, heard_at or at + minute * MINUTE)
    end = at + end_min * MINUTE
    charger.stop(text(end), end_wh, heard_at or end)
    charger.begin_anew()
    return charger.session


def is_billed_as_anew() -> bool:
    anew = bills_anew(list(Session.objects.values_list("pk", flat=True)), now=T0 + 99 * HOUR)
    return bool(anew) and all(one.before == one.after for one in anew.values())


@BOTH
@pytest.mark.parametrize(
    "readings",
    [
        [(0, 0), (480, 52_000)],
        [(0, 0), (60, 50_400), (120, 51_000), (180, 52_000)],
        [(0, 0), (10, 0), (60, 50_400), (120, 52_000)],
    ],
)
def test_a_zero_is_not_believed_where_the_register_stood_above_it_before(
    charger: Teller, readings: Readings
) -> None:
    lived(charger, T0, [(0, 40_000), (60, 50_000)])
    session = lived(charger, T0 + 2 * HOUR, readings)
    assert (session.energy_wh, session.flags.split()) == (2_000, [MARK])
    assert (session.meter_start_wh, session.meter_stop_wh) == (50_000, 52_000)
    doubt = doubts_in(session)[0]
    assert (doubt.at, doubt.value) == (session.started_at, 0)
    assert "The session before ended at 50 kWh, where this one began." in doubt.why
    assert is_billed_as_anew()


@BOTH
def test_a_young_meter_that_was_not_read_gives_nothing_away(charger: Teller) -> None:
    lived(charger, T0, [(0, 0), (5, 468)])
    session = lived(charger, T0 + HOUR, [(0, 0), (2 / 60, 469)])
    assert (session.energy_wh, session.meter_start_wh) == (1, 468)
    assert MARK in session.flags.split()
    again = lived(charger, T0 + 2 * HOUR, [(0, 0), (60, 5_469)])
    assert (again.energy_wh, MARK in again.flags.split()) == (5_000, True)
    assert is_billed_as_anew()


@BOTH
@pytest.mark.parametrize(
    ("before", "readings", "wh"),
    [
        ([(0, 0), (60, 5_000)], [(0, 0), (120, 8_000)], 8_000),  # a meter for each session
        ([(0, 0), (60, 5_000)], [(0, 0), (120, 3_000)], 3_000),
        ([(0, 1_000), (60, 50_000)], [(0, 0), (60, 2_000), (120, 4_000)], 4_000),  # began anew
        ([(0, 40_000), (60, 50_000)], [(0, 51_000), (60, 52_000)], 1_000),  # not at zero
        ([(0, 40_000), (60, 50_000)], [(0, 0), (60, 0)], 0),
    ],
)
def test_a_meter_that_begins_anew_stays_as_it_is(
    charger: Teller, before: Readings, readings: Readings, wh: float
) -> None:
    lived(charger, T0, before)
    session = lived(charger, T0 + 2 * HOUR, readings)
    assert (session.energy_wh, MARK in session.flags.split()) == (wh, False)
    assert is_billed_as_anew()


@BOTH
def test_a_meter_of_each_session_stays_as_it_is_by_a_wrong_clock(charger: Teller) -> None:
    lived(charger, T0, [(0, 0), (10, 3_600)])
    factory = datetime(1970, 1, 1, tzinfo=UTC)
    charger.start(text(factory), 0, T0 + HOUR)
    charger.stop(text(factory + 12 * MINUTE), 4_334, T0 + HOUR + 12 * MINUTE)
    session = charger.session
    assert (session.energy_wh, MARK in session.flags.split()) == (4_334, False)


@BOTH
def test_what_is_told_later_of_before_changes_no_bill(charger: Teller) -> None:
    lived(charger, T0, [(0, 40_000), (60, 50_000)])
    session = lived(charger, T0 + 9 * HOUR, [(0, 0), (60, 53_000)])
    assert session.energy_wh == 3_000
    lived(charger, T0 + 4 * HOUR, [(0, 50_000), (60, 52_000)], heard_at=T0 + 20 * HOUR)
    session.refresh_from_db()
    assert session.energy_wh == 3_000
    assert find_shown(session) == Shown(40_000, 50_000)
    assert is_billed_as_anew()


@pytest.mark.parametrize("protocol", [Protocol.OCPP16])
def test_what_another_connector_showed_says_nothing(charger: Teller) -> None:
    charger.start(text(T0), 40_000, T0, connector=2)
    charger.stop(text(T0 + HOUR), 50_000, T0 + HOUR)
    session = lived(charger, T0 + 2 * HOUR, [(0, 0), (480, 52_000)])
    assert (session.energy_wh, session.flags) == (52_000, "")


@pytest.mark.parametrize("protocol", [Protocol.OCPP16])
def test_many_are_asked_for_at_once(charger: Teller) -> None:
    def asked(count: int) -> int:
        ids = list(Session.objects.order_by("pk").values_list("pk", flat=True))[-count:]
        with CaptureQueriesContext(connection) as queries:
            bills_anew(ids, now=T0 + 99 * HOUR)
        return len(queries)

    for number in range(6):
        at = T0 + number * timedelta(hours=10)
        lived(charger, at, [(0, 0), (480, 5_000 + 9_000 * number)])
    assert asked(5) == asked(2)
