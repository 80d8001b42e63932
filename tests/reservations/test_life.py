"""The life of a reservation, and orders that are refused before they are sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.domain.command import BadParameters
from apps.domain.reservations import CancelReservation, ReservationEnd, ReserveNow
from apps.history.doers import command_line
from apps.reservations import life, services
from apps.reservations.life import Life
from apps.reservations.models import Reservation
from apps.stations.models import Evse, Station
from apps.tokens.services import add_token
from tests.factories import OFFICE

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = "2026-05-01T15:00:00+02:00"


@pytest.fixture
def made(station: Station) -> Reservation:
    order = services.complete(
        station, ReserveNow("AB12", LATER), now=NOW, actor=command_line("Anna")
    )
    return Reservation.objects.get(pk=order.reservation_id)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"token": "X" * 37}, "at most 36"),
        ({"reservation_id": 3}, "given by the system"),
        ({"evse_id": 1, "connector_type": "cType2"}, "exclude each other"),
        ({"evse_id": 9}, "no EVSE 9; it has 1"),
        ({"connector_type": "Schuko"}, "is one of cCCS1"),
        ({"expires_at": "noon"}, "an instant"),
        ({"expires_at": "2026-05-01T15:00:00"}, "an instant"),
        ({"expires_at": "2026-05-01T12:00:00Z"}, "in the past"),
    ],
)
def test_a_wrong_order_says_what_is_wrong(
    station: Station, wrong: dict[str, Any], problem: str
) -> None:
    Evse.objects.create(station=station, number=1)
    order = ReserveNow(**({"token": "AB12", "expires_at": LATER} | wrong))
    with pytest.raises(BadParameters, match=problem):
        services.complete(station, order, now=NOW, actor=OFFICE)
    assert not Reservation.objects.exists()


def test_type_and_group_are_those_of_the_token(station: Station, network: Organisation) -> None:
    add_token(organisation_id=network.pk, uid="DE-1", type="eMAID", group="FLEET", actor=OFFICE)
    order = services.complete(station, ReserveNow("de-1", LATER), now=NOW, actor=OFFICE)
    assert (order.token, order.token_type, order.group) == ("DE-1", "eMAID", "FLEET")
    assert order.expires_at == "2026-05-01T13:00:00Z"


def test_one_that_was_used_stays_used(made: Reservation) -> None:
    services.use(made.station_id, made.pk, 7, now=NOW)
    services.end(made.station_id, made.pk, ReservationEnd.EXPIRED, now=NOW)
    services.expire(now=NOW + timedelta(days=1))
    made.refresh_from_db()
    assert (made.state, made.session_id, made.settled_at) == ("used", 7, NOW)


def test_a_late_session_may_use_what_our_clock_ended(made: Reservation) -> None:
    assert services.expire(now=NOW + timedelta(days=1)) == 1
    services.use(made.station_id, made.pk, 7, now=NOW + timedelta(days=2))
    made.refresh_from_db()
    assert made.state == "used"


def test_no_other_station_may_end_it(made: Reservation) -> None:
    services.end(made.station_id + 1, made.pk, ReservationEnd.REMOVED, now=NOW)
    made.refresh_from_db()
    assert made.state == "pending"


def test_every_end_is_an_end() -> None:
    ends = set(Life) - set(life.OPEN)
    assert all(not ends & set(life.MAY_BECOME[state]) for state in (Life.ACCEPTED, Life.REFUSED))
    assert {life.after_update(how) for how in ReservationEnd} == {Life.EXPIRED, Life.REMOVED}
    assert life.after_answer("timed_out") is None


def test_nothing_waits_for_its_station_longer_than_it_is_held() -> None:
    order = ReserveNow("AB12", "2026-05-01T12:10:00Z")
    assert services.patience_s(order, NOW) == 600
    assert services.patience_s(ReserveNow("AB12", "2027-01-01T00:00:00Z"), NOW) == 3600
    assert services.patience_s(CancelReservation(1), NOW) is None
