"""Whoever changes a location, an EVSE, a session or a token leaves the time of it, in one write."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.batch.items import Item
from apps.domain.events import ConnectorStatusChanged
from apps.domain.vocabulary import ConnectorStatus, Protocol
from apps.ingest.commit import commit
from apps.sessions.models import Session
from apps.sessions.services import close_silent
from apps.stations import services as stations
from apps.stations import sites
from apps.stations.models import Evse, Location, Station
from apps.stations.refs import find_refs
from apps.tokens.models import Token
from apps.tokens.services import add_token, change_token
from ocpp_platform import bulk
from tests import factories
from tests.factories import OFFICE

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=99)
TOPOLOGY = [{"evse_id": 1, "connectors": [{"connector_id": 1}]}]
pytestmark = pytest.mark.django_db


@pytest.fixture
def place(station: Station) -> Station:
    """A station with one EVSE, a session on it, a token; nothing has changed for long."""
    stations.declare_topology(station, TOPOLOGY, actor=OFFICE)
    factories.session(station, started_at=NOW - timedelta(hours=1), ended_at=None)
    add_token(organisation_id=station.organisation_id, uid="AB12", actor=OFFICE)
    for model in (Location, Evse, Session, Token):
        model.objects.update(changed_at=LONG_AGO)
    return station


def rename_location(_: Station) -> None:
    location = sites.change_location(Location.objects.get(), city="Utrecht", actor=OFFICE)
    sites.change_location(location, city="Delft", actor=OFFICE)


def block_token(_: Station) -> None:
    token = change_token(Token.objects.get(), status="blocked", actor=OFFICE)
    change_token(token, status="accepted", actor=OFFICE)


def declare(station: Station) -> None:
    stations.declare_topology(station, TOPOLOGY, actor=OFFICE)


def show_state(station: Station) -> None:
    with bulk.writes() as writes:
        stations.show_session_states([(station.pk, 1, None, "charging")], writes)


def tell_status(station: Station) -> None:
    event = ConnectorStatusChanged(1, 1, ConnectorStatus.FAULTED, NOW)
    ref = find_refs([station.identity])[station.identity]
    commit([Item(ref, Protocol.OCPP201, "socket", NOW, event)], NOW)


def close(_: Station) -> None:
    session = Session.objects.get()
    assert close_silent(session.pk, seen=session.last_received_at, now=NOW)


@pytest.mark.parametrize(
    ("act", "changed"),
    [
        (rename_location, {Location}),
        (block_token, {Token}),
        (declare, {Evse}),
        (show_state, {Evse}),
        (tell_status, {Evse}),
        (close, {Session}),
    ],
)
def test_what_changes_says_when(
    place: Station, act: Callable[[Station], None], changed: set[Any]
) -> None:
    act(place)
    since = {m for m in (Location, Evse, Session, Token) if m.objects.get().changed_at >= NOW}
    assert changed <= since <= changed | {Evse}


def test_what_is_new_has_changed_now(network: Organisation, station: Station) -> None:
    token = add_token(organisation_id=network.pk, uid="AB12", actor=OFFICE)
    stations.declare_topology(station, TOPOLOGY, actor=OFFICE)
    session = factories.session(station, started_at=NOW)
    rows = (token, station.location, Evse.objects.get(), session)
    for row in rows:
        row.refresh_from_db()
    assert [row for row in rows if row.changed_at < NOW] == []
