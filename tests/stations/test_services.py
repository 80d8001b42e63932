"""Registration, topology and what a station may be called."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from apps.accounts.models import Organisation
from apps.journal.models import Refusal
from apps.journal.refusals import TurnedAway, record_refusals
from apps.stations.models import Connector, Station
from apps.stations.services import add_station, change_station, declare_topology
from apps.stations.sites import add_location
from tests.factories import OFFICE

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("identity", ["", "x" * 49, "a:b", 'a"b', "a\\b", "a\nb"])
def test_an_identity_that_breaks_the_rules_is_refused(network: Organisation, identity: str) -> None:
    with pytest.raises(ValidationError) as refused:
        add_station(organisation=network, identity=identity, now=NOW, actor=OFFICE)
    assert "identity" in refused.value.message_dict


def test_an_identity_is_given_once(network: Organisation, station: Station) -> None:
    with pytest.raises(ValidationError):
        add_station(organisation=network, identity=station.identity, now=NOW, actor=OFFICE)


def test_adopting_a_stranger_takes_its_refusals_along(network: Organisation) -> None:
    record_refusals([TurnedAway("NEW", "unknown_identity", 404, NOW)] * 2, 10)
    station = add_station(organisation=network, identity="NEW", now=NOW, actor=OFFICE)
    refusal = Refusal.objects.get()
    assert (refusal.count, refusal.organisation_id, refusal.station_id) == (
        2, network.pk, station.pk,
    )  # fmt: skip


def test_a_password_is_changed_and_taken_away(station: Station) -> None:
    change_station(station, password="the-first-of-two", actor=OFFICE)
    first = Station.objects.get().password_digest
    change_station(station, password="the-second-of-two", actor=OFFICE)
    assert Station.objects.get().password_digest not in ("", first)
    change_station(station, password="", actor=OFFICE)
    assert Station.objects.get().password_digest == ""


def test_what_a_station_reports_is_not_for_people_to_change(station: Station) -> None:
    with pytest.raises(ValidationError):
        change_station(station, vendor="Mine", actor=OFFICE)


def places() -> list[tuple[int, int]]:
    return list(Connector.objects.values_list("evse__number", "number"))


def test_a_declared_topology_is_exactly_what_is_there(station: Station) -> None:
    one: list[dict[str, Any]] = [
        {"evse_id": 1, "connectors": [{"connector_id": 1, "standard": "cType2"}]},
        {"evse_id": 2, "connectors": [{"connector_id": 1}, {"connector_id": 2}]},
    ]
    declare_topology(station, one, actor=OFFICE)
    assert places() == [(1, 1), (2, 1), (2, 2)]
    declare_topology(station, one[:1], actor=OFFICE)
    assert places() == [(1, 1)]
    assert Station.objects.get().has_declared_topology


@pytest.mark.parametrize("name", ["L\r\nBcc: x@example.com", "L\x01", "\tL"])
def test_the_name_of_a_site_is_one_line(network: Organisation, name: str) -> None:
    with pytest.raises(ValidationError, match="one line"):
        add_location(organisation=network, name=name, actor=OFFICE)
