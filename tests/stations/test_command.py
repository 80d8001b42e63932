"""``manage.py station``: the address that it prints is one that answers; how messages are read."""

import asyncio

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import Organisation
from apps.stations.models import Station
from ocpp_platform import whereabouts
from tests.gateway.test_connection_rules import basic
from tests.throwaway import Platform
from tests.wire import dial


async def test_a_charger_that_dials_what_was_printed_is_let_in(
    server: Platform, network: Organisation
) -> None:
    printed = await asyncio.to_thread(server.manage, "station", "add", "CP 1/ä")
    address, password = printed.splitlines()
    shown = basic("CP 1/ä", password.removeprefix("password: "))
    wire = await dial(server.ocpp, "", address=address, **shown)
    assert await wire.is_alive()
    await wire.close()


@pytest.mark.parametrize(
    ("public", "printed"),
    [
        ("https://csms.example/base", "wss://csms.example/base"),
        ("http://10.0.0.7:9000", "ws://10.0.0.7:9000"),
    ],
)
def test_the_address_that_is_set_comes_first(settings: object, public: str, printed: str) -> None:
    settings.OCPP_PUBLIC_URL = public
    assert whereabouts.socket_url() == printed


async def test_a_charger_that_dials_an_alias_is_let_in(
    server: Platform, network: Organisation
) -> None:
    typed = ("station", "add", "CP1", "--no-password", "--alias", "CP1-SN1", "--alias", "Other")
    await asyncio.to_thread(server.manage, *typed)
    for identity in ("cp1-sn1", "OTHER"):
        wire = await dial(server.ocpp, identity)
        assert await wire.is_alive()
        await wire.close()


def test_how_messages_are_read_is_said_when_a_station_is_added_and_later(
    network: Organisation,
) -> None:
    call_command("station", "add", "CP1", "--no-password", "--reading", "strict")
    call_command("station", "add", "CP2", "--no-password")
    read = Station.objects.order_by("identity").values_list("reading", flat=True)
    assert list(read) == ["strict", "tolerant"]
    call_command("station", "set", "CP1", "--reading", "tolerant")
    assert list(read.all()) == ["tolerant", "tolerant"]


def test_an_unknown_station_or_reading_is_refused_in_words(network: Organisation) -> None:
    with pytest.raises(CommandError, match="no station 'CP9'"):
        call_command("station", "set", "CP9", "--reading", "strict")
    with pytest.raises(CommandError, match="invalid choice: 'lenient'"):
        call_command("station", "add", "CP1", "--reading", "lenient")
