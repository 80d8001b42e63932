"""What a connector shows: the last word that was heard of it, told once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.batch.items import Item
from apps.domain.events import ConnectorStatusChanged
from apps.domain.vocabulary import ConnectorStatus, Protocol
from apps.ingest.commit import commit
from apps.stations.models import Connector, Station, StatusChange
from apps.stations.refs import find_refs
from apps.stations.services import declare_topology
from tests.factories import OFFICE

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def charger(station: Station) -> Station:
    """One EVSE with one connector, and nothing else."""
    declared: list[dict[str, Any]] = [{"evse_id": 1, "connectors": [{"connector_id": 1}]}]
    declare_topology(station, declared, actor=OFFICE)
    return station


def shows(of: Station, evse_id: int, word: str, *, hours_old: float = 0, code: str = "") -> None:
    ref = find_refs([of.identity])[of.identity]
    at = NOW - timedelta(hours=hours_old)
    event = ConnectorStatusChanged(evse_id, min(evse_id, 1), ConnectorStatus(word), at, code)
    commit([Item(ref, Protocol.OCPP16, "socket", NOW, event)], NOW)


def shown() -> str:
    return Connector.objects.get().status


def test_the_last_word_that_is_heard_counts_however_old_it_says_it_is(charger: Station) -> None:
    shows(charger, 1, "Charging")
    shows(charger, 1, "Finishing", hours_old=9)
    assert shown() == "Finishing"


def test_what_is_told_again_and_again_is_told_once(charger: Station) -> None:
    for _ in range(5):
        shows(charger, 1, "Faulted", code="OtherError")
    assert StatusChange.objects.count() == 1


def test_the_station_itself_speaks_for_no_connector(charger: Station) -> None:
    shows(charger, 1, "Charging")
    shows(charger, 0, "Available")
    assert shown() == "Charging"


def test_a_connector_beyond_the_declared_ones_is_none(charger: Station) -> None:
    shows(charger, 11, "Available")
    assert Connector.objects.get().evse.number == 1
