"""A command that names a place or a password that cannot be is refused before it is queued."""

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.commands.models import CommandRow, State
from apps.control.services import give
from apps.domain.commands import (
    BadParameters,
    ChangeAvailability,
    Command,
    ResetStation,
    SetVariables,
    StartSession,
    TriggerMessage,
    UnlockConnector,
)
from apps.domain.power import GetCompositeSchedule
from apps.stations.models import Connector, Station
from tests import factories as make

NOW = datetime.now(UTC)
V16, V201 = "ocpp1.6", "ocpp2.0.1"


@pytest.fixture
def operator(station: Station) -> User:
    return make.user(station.organisation, "anna", Role.OPERATOR)


@pytest.fixture
def equipped(station: Station) -> Station:
    """Two EVSEs with one connector each."""
    make.connector(station, 1, "Available", at=NOW)
    make.connector(station, 2, "Available", at=NOW)
    return station


NOWHERE: list[tuple[str, Command, str]] = [
    (V16, UnlockConnector(0, 1), "0 is the whole station"),
    (V16, UnlockConnector(1, 0), "0 is the whole station"),
    (V201, UnlockConnector(1, 0), "0 is the whole station"),
    (V16, UnlockConnector(1, 3), "no connector 3; it has 1, 2"),
    (V16, UnlockConnector(3), "no connector 3"),
    (V201, UnlockConnector(1, 2), "EVSE 1 has no connector 2; it has 1"),
    (V16, StartSession("AB12", evse_id=3), "no connector 3"),
    (V16, StartSession("AB12", connector_id=7), "no connector 7"),
    (V201, StartSession("AB12", evse_id=3), "no EVSE 3; it has 1, 2"),
    (V201, StartSession("AB12", evse_id=2, connector_id=2), "EVSE 2 has no connector 2"),
    (V201, StartSession("AB12", evse_id=0), "0 is the whole station"),
    (V201, ChangeAvailability(False, 9), "no EVSE 9"),
    (V201, ChangeAvailability(False, None, 1), "of which EVSE"),
    (V16, ChangeAvailability(False, 9), "no connector 9"),
    (V16, ChangeAvailability(False, 1, 9), "EVSE 1 has no connector 9"),
    (V16, StartSession("AB12", evse_id=1, connector_id=7), "EVSE 1 has no connector 7"),
    (V16, TriggerMessage("StatusNotification", 2, 2), "EVSE 2 has no connector 2"),
    (V16, UnlockConnector(2, 3), "no connector 3"),
    (V16, UnlockConnector(3, 2), "EVSE 3 has no connector 2"),
    (V201, StartSession("AB12", connector_id=1), "of which EVSE"),
    (V201, StartSession("AB12", evse_id=3, connector_id=2), "no EVSE 3"),
    (V201, ResetStation(evse_id=9), "no EVSE 9"),
    (V201, TriggerMessage("StatusNotification", 1, 4), "EVSE 1 has no connector 4"),
    (V201, GetCompositeSchedule(3, 60), "no EVSE 3"),
]


@pytest.mark.parametrize(("protocol", "command", "why"), NOWHERE)
def test_a_place_that_the_station_does_not_have_is_refused_in_words(
    operator: User, equipped: Station, protocol: str, command: Command, why: str
) -> None:
    equipped.protocol = protocol
    with pytest.raises(BadParameters, match=why):
        give(operator, equipped, command)
    assert not CommandRow.objects.exists()


SOMEWHERE: list[tuple[str, Command]] = [
    (V16, UnlockConnector(1, 2)),
    (V16, UnlockConnector(2)),
    (V16, StartSession("AB12", connector_id=2)),
    (V16, StartSession("AB12")),
    (V16, ChangeAvailability(False, 0)),
    (V16, ChangeAvailability(False, 2, 1)),
    (V16, StartSession("AB12", evse_id=2, connector_id=1)),
    (V201, ChangeAvailability(False, 0)),
    (V201, StartSession("AB12", evse_id=2, connector_id=1)),
    (V201, UnlockConnector(2, 1)),
    (V201, GetCompositeSchedule(0, 60)),
    (V201, TriggerMessage("Heartbeat")),
]


@pytest.mark.parametrize(("protocol", "command"), SOMEWHERE)
def test_a_place_that_it_has_is_none_of_our_business(
    operator: User, equipped: Station, protocol: str, command: Command
) -> None:
    equipped.protocol = protocol
    assert give(operator, equipped, command).state == State.QUEUED


def test_a_plug_that_a_start_cannot_name_is_not_left_out_in_silence(
    operator: User, equipped: Station
) -> None:
    equipped.protocol = V201
    evse = equipped.evses.get(number=2)
    Connector.objects.create(
        station=equipped, evse=evse, number=2, status="Available", status_at=NOW
    )
    with pytest.raises(BadParameters, match="whichever connector"):
        give(operator, equipped, StartSession("AB12", evse_id=2, connector_id=2))
    assert give(operator, equipped, StartSession("AB12", evse_id=2)).state == State.QUEUED


def test_a_station_that_told_nothing_may_have_any_place(operator: User, station: Station) -> None:
    station.protocol = V201
    assert give(operator, station, StartSession("AB12", evse_id=5)).state == State.QUEUED


def test_a_connector_that_was_read_but_never_spoke_is_there(
    operator: User, equipped: Station
) -> None:
    equipped.protocol = V16
    make.variable(equipped, "NumberOfConnectors", "3", now=NOW, component="")
    assert give(operator, equipped, UnlockConnector(3)).state == State.QUEUED
    with pytest.raises(BadParameters, match="no connector 4; it has 1, 2, 3"):
        give(operator, equipped, UnlockConnector(4))


def key(value: str) -> dict[str, Any]:
    return {"variable": {"name": "AuthorizationKey"}, "attributeValue": value}


def password(value: str) -> dict[str, Any]:
    named = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
    return {**named, "attributeValue": value}


@pytest.mark.parametrize(
    ("protocol", "item", "is_right"),
    [
        (V16, key("ab" * 15), False),
        (V16, key("ab" * 21), False),
        (V16, key("ab" * 16 + "a"), False),
        (V16, key("correct horse battery staple"), False),
        (V16, key("aB" * 16), True),
        (V16, key("01" * 20), True),
        (V201, password("x" * 15), False),
        (V201, password("x" * 41), False),
        (V201, password("correct horse 16"), True),
        (V201, password("x" * 40), True),
    ],
)
def test_a_password_that_no_station_can_have_is_not_sent(
    operator: User, station: Station, protocol: str, item: dict[str, Any], is_right: bool
) -> None:
    station.protocol = protocol
    command = SetVariables((item,))
    if is_right:
        assert give(operator, station, command).state == State.QUEUED
        return
    with pytest.raises(BadParameters, match="16 to"):
        give(operator, station, command)
