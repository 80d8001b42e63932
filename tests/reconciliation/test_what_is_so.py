"""What a watch says is so now, and keeps saying only while it is; in one case for one thing."""

from datetime import timedelta
from typing import Any

import pytest

from apps.reconciliation import kinds, services
from apps.reconciliation.models import Case
from apps.sessions.models import Session, StraySample
from apps.stations.models import Connector, Station
from tests import factories as make
from tests.factories import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make.cast()


@pytest.fixture
def station(cast: Cast) -> Station:
    return make.station(cast.location, "CP1", now=cast.now)


def after(cast: Cast, minutes: float) -> Any:
    return cast.now + timedelta(minutes=minutes)


def now_open(cast: Cast, minutes: float) -> set[str]:
    services.watch(now=after(cast, minutes))
    return set(Case.objects.exclude(state="closed").values_list("kind", flat=True))


def shows(cast: Cast, station: Station, status: str, minutes: float) -> None:
    Connector.objects.filter(station=station).update(status=status)
    make.status_change(station, status, at=after(cast, minutes))


@pytest.mark.parametrize(
    ("card", "is_open"), [("04A1B2", False), ("04:a1:b2", False), ("04C3", True)]
)
def test_a_card_whose_session_began_late_has_begun_one(
    cast: Cast, station: Station, card: str, is_open: bool
) -> None:
    make.attempt(station, "04A1B2", "Accepted", at=cast.now)
    assert now_open(cast, 6) == {kinds.AUTHORISED}
    make.session(station, started_at=after(cast, 7), ended_at=after(cast, 8), token_uid=card)
    assert (kinds.AUTHORISED in now_open(cast, 9)) is is_open


def test_of_a_meter_that_is_not_read_nobody_says_that_it_stands_still(
    cast: Cast, station: Station, settings: Any
) -> None:
    shows(cast, station, "Charging", 0)
    settings.OCPP_WATCH_S = settings.OCPP_WATCH_S | {"no_flow": 300.0}
    session = make.session(
        station, started_at=cast.now, ended_at=None, flowed_at=after(cast, 4),
        sampled_at=after(cast, 5), last_received_at=after(cast, 15),
    )  # fmt: skip
    assert now_open(cast, 16) == set()
    Session.objects.filter(pk=session.pk).update(sampled_at=after(cast, 10))
    assert now_open(cast, 16) == {kinds.NO_FLOW}
    texts = [one["text"] for one in Case.objects.get().evidence]
    assert texts == ["No energy has flowed since", "Last measured"]


@pytest.mark.parametrize("status", ["Available", "Faulted", "Unavailable", "Reserved"])
def test_where_the_connector_says_that_nothing_charges_no_charging_is_claimed(
    cast: Cast, station: Station, status: str
) -> None:
    Connector.objects.filter(station=station).update(status="Charging")
    read_at = after(cast, 61)
    make.session(
        station, started_at=cast.now, ended_at=None, sampled_at=read_at, last_received_at=read_at
    )
    assert now_open(cast, 62) == {kinds.NO_FLOW}
    Connector.objects.filter(station=station).update(status=status)
    assert kinds.NO_FLOW not in now_open(cast, 63)


def reads(cast: Cast, station: Station, minutes: float, wh: float) -> None:
    at = after(cast, minutes)
    StraySample.objects.create(
        station_id=station.pk, evse_id=1, at=at, context="Sample.Periodic", received_at=at,
        register_wh=wh,
    )  # fmt: skip


def test_energy_without_a_session_is_one_case_and_tells_what_it_is_by_now(
    cast: Cast, station: Station
) -> None:
    shows(cast, station, "Charging", 0)
    reads(cast, station, 0, 5_000)
    reads(cast, station, 5, 5_500)
    assert now_open(cast, 10) == {kinds.UNKNOWN_ENERGY}
    reads(cast, station, 12, 6_450)
    services.watch(now=after(cast, 13))
    assert [one["text"] for one in Case.objects.get().evidence] == [
        "It has said Charging since", "Its register has risen by 1.4 kWh since",
    ]  # fmt: skip
    shows(cast, station, "Available", 14)
    services.watch(now=after(cast, 15))
    case = Case.objects.get()
    assert case.state == "open"
    assert [one["text"] for one in case.evidence] == ["Its register has risen by 1.4 kWh since"]


def test_a_case_that_somebody_decided_stays_as_it_was_decided(cast: Cast, station: Station) -> None:
    reads(cast, station, 0, 5_000)
    reads(cast, station, 5, 5_500)
    services.watch(now=after(cast, 6))
    decision = services.Decision("dismiss", make.OFFICE, "A test of the meter")
    services.decide(Case.objects.get(), decision, now=after(cast, 7))
    reads(cast, station, 8, 6_500)
    services.watch(now=after(cast, 9))
    assert "0.5 kWh" in Case.objects.get().evidence[0]["text"]


@pytest.mark.parametrize("status", ["Occupied", "Preparing"])
def test_a_cable_that_stays_in_after_its_session_keeps_the_next_car_out(
    cast: Cast, station: Station, status: str
) -> None:
    shows(cast, station, status, 0)
    make.session(
        station, started_at=after(cast, 1), ended_at=after(cast, 30),
        last_received_at=after(cast, 30),
    )  # fmt: skip
    assert now_open(cast, 269) == set()
    assert now_open(cast, 271) == {kinds.FINISHING}
    case = Case.objects.get()
    assert case.since_at == after(cast, 30)
    assert case.evidence[0]["text"] == f"Its session is over, and it has said {status} since"
    shows(cast, station, "Available", 272)
    assert now_open(cast, 273) == set()


def test_a_connector_beside_the_one_of_the_session_has_not_served_it(
    cast: Cast, station: Station
) -> None:
    shows(cast, station, "Occupied", 0)
    make.session(
        station, started_at=after(cast, 1), ended_at=after(cast, 30), connector_id=2,
        last_received_at=after(cast, 30),
    )  # fmt: skip
    assert kinds.FINISHING not in now_open(cast, 300)
