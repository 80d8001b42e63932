"""What displays are told of costs: the newest, once, and never two costs of one session."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.commands.models import CommandRow, State
from apps.costs import services
from apps.sessions.models import Session
from apps.stations.abilities import SHOWS_COSTS
from apps.stations.models import Station
from tests import factories as make

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
COST, FINAL = "tell_running_cost", "tell_final_cost"


@pytest.fixture
def session(network: Organisation, station: Station) -> Session:
    ((component, variable),) = SHOWS_COSTS.names
    make.variable(station, variable, "true", component=component, now=NOW)
    Station.objects.update(is_connected=True)
    version = make.tariff(network, NOW)
    return make.session(
        station, started_at=NOW - timedelta(hours=1), ended_at=None, tariff_version=version,
        token_uid="",
    )  # fmt: skip


def charges_on(session: Session, energy_wh: float, **more: Any) -> None:
    at = NOW + timedelta(minutes=1)
    Session.objects.filter(pk=session.pk).update(energy_wh=energy_wh, last_event_at=at, **more)


def told(name: str = COST) -> list[str]:
    rows = CommandRow.objects.filter(name=name).order_by("id")
    return list(rows.values_list("state", flat=True))


def test_a_cost_that_waited_gives_way_to_the_newer_one(session: Session) -> None:
    assert services.tell(now=NOW) == 1
    assert services.tell(now=NOW) == 0
    charges_on(session, 24_000.0)
    assert services.tell(now=NOW) == 1
    assert told() == [State.SUPERSEDED, State.QUEUED]


def test_while_a_cost_is_under_way_no_other_follows(session: Session) -> None:
    services.tell(now=NOW)
    CommandRow.objects.update(state=State.SENT)
    charges_on(session, 24_000.0)
    assert services.tell(now=NOW) == 0


def test_the_final_cost_replaces_what_waited(session: Session) -> None:
    services.tell(now=NOW)
    charges_on(session, 24_000.0, ended_at=NOW, price_incl_vat="1.20")
    assert services.tell(now=NOW) == 1
    assert (told(), told(FINAL)) == ([State.SUPERSEDED], [State.QUEUED])
    assert services.tell(now=NOW) == 0
