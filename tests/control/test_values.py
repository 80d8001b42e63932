"""A command whose values no station could use is refused in words before it is queued."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.commands.models import CommandRow, State
from apps.control.services import give
from apps.domain.commands import BadParameters, parse
from apps.stations.models import Station
from tests import factories as make

BOTH = pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
MD5 = "0" * 32
SLOT = {"slot": 1, "profile": 1}
RESERVED = {"expires_at": "2090-01-01T12:00:00Z", "token": " "}


@pytest.fixture
def operator(station: Station) -> User:
    return make.user(station.organisation, "anna", Role.OPERATOR)


@BOTH
@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("set_variables", {"variables": []}),
        ("set_monitors", {"monitors": []}),
        ("clear_monitors", {"ids": []}),
    ],
)
def test_a_list_of_nothing_is_not_sent(
    operator: User, station: Station, protocol: str, name: str, parameters: dict[str, Any]
) -> None:
    station.protocol = protocol
    with pytest.raises(BadParameters, match="must have at least one item"):
        give(operator, station, parse(name, parameters))
    assert not CommandRow.objects.exists()


ADDRESSES = ["", "not a uri", "firmware.bin", "https://", "ftp:/files", "https://a b/", "http://[x"]
ADDRESSED: list[tuple[str, dict[str, Any]]] = [
    ("update_firmware", {"location": ...}),
    ("get_log", {"location": ...}),
    ("publish_firmware", {"location": ..., "checksum": MD5}),
    ("set_network_profile", {"url": ..., **SLOT}),
    ("set_security_profile", {"url": ..., "profile": 2}),
    ("set_display_message", {"content": ..., "format": "URI"}),
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(("name", "parameters"), ADDRESSED)
def test_a_place_on_no_network_is_not_sent(
    name: str, parameters: dict[str, Any], address: str
) -> None:
    given = {key: address if value is ... else value for key, value in parameters.items()}
    if not address and name in ("get_log", "set_security_profile"):
        assert parse(name, given), "left out, it is for the system to say"
        return
    with pytest.raises(BadParameters, match=r"address with a scheme and a host|cannot be empty"):
        parse(name, given)


@pytest.mark.parametrize(("name", "parameters"), ADDRESSED)
@pytest.mark.parametrize(
    "address", ["https://files.example/f?v=1", "ftp://u:p@[2001:db8::1]:2121/f", "wss://h/ocpp"]
)
def test_a_place_on_a_network_is(name: str, parameters: dict[str, Any], address: str) -> None:
    given = {key: address if value is ... else value for key, value in parameters.items()}
    assert parse(name, given)


def test_a_slot_without_its_address_is_not_sent(operator: User, station: Station) -> None:
    station.protocol = "ocpp2.0.1"
    with pytest.raises(BadParameters, match="give its 'url'"):
        give(operator, station, parse("set_security_profile", {"profile": 2}))


@BOTH
@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("start_session", {"token": "", "evse_id": 1}),
        ("start_session", {"token": " ", "token_type": "NoAuthorization"}),
        ("reserve_now", RESERVED),
        ("tell_user_price", {"token": "", "text": "0.30 per kWh"}),
    ],
)
def test_a_token_of_nobody_is_not_sent(
    operator: User, station: Station, protocol: str, name: str, parameters: dict[str, Any]
) -> None:
    station.protocol = protocol
    with pytest.raises(BadParameters, match="'token' says for whom"):
        give(operator, station, parse(name, parameters))


def test_a_start_that_asks_for_no_token_needs_none(operator: User, station: Station) -> None:
    command = parse("start_session", {"token": "", "token_type": "NoAuthorization", "evse_id": 1})
    station.protocol = "ocpp1.6"
    with pytest.raises(BadParameters, match=r"1\.6 starts no session without a token"):
        give(operator, station, command)
    station.protocol = "ocpp2.0.1"
    assert give(operator, station, command).state == State.QUEUED
