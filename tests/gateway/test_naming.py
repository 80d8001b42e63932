"""One station, several identities: who comes in under which, and what everything else is told."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from apps.accounts.models import Organisation
from apps.gateway.closing import REPLACED
from apps.history.models import Fact
from apps.journal.models import Message, Refusal
from apps.stations.models import Alias, Station
from apps.stations.naming import add_alias, set_aliases
from apps.stations.refs import find_meant
from apps.stations.services import add_station
from tests import factories
from tests.factories import OFFICE
from tests.gateway.test_connection_rules import basic, refused, secured
from tests.servers import eventually, register, rows
from tests.throwaway import Platform
from tests.wire import dial

SECRET = "correct horse battery"


async def test_an_alias_leads_in_and_everything_else_knows_the_station(
    server: Platform, network: Organisation
) -> None:
    await secured(network, "CP1", SECRET)
    assert (await refused(server, "CP1_4711", "ocpp1.6")).status_code == 404
    assert await eventually(lambda: Refusal.objects.get(station_id=None, identity="CP1_4711"))
    await rows(lambda: add_alias(Station.objects.get(), "CP1_4711", actor=OFFICE))
    assert await rows(lambda: Refusal.objects.get().station_id)
    for user in ("CP1_4711", "cp1"):
        wire = await dial(server.ocpp, "cp1_4711", "ocpp1.6", **basic(user, SECRET))
        assert await wire.is_alive()
        assert await rows(lambda: Station.objects.get(is_connected=True).identity) == "CP1"
        own = await dial(server.ocpp, "CP1", "ocpp1.6", **basic("CP1", SECRET))
        assert await wire.closed() == REPLACED
        await own.close()
    whose = await rows(lambda: set(Message.objects.values_list("station_id", flat=True)))
    assert len(whose) == 1


async def test_a_wrong_password_is_guessed_slowly_however_the_name_is_written(
    server: Platform, network: Organisation
) -> None:
    await secured(network, "CP1", SECRET)
    answer = await refused(server, "cp1", "ocpp1.6", **basic("cP1", "wrong horse battery"))
    assert answer.status_code == 401
    refusal = await eventually(lambda: Refusal.objects.get(reason="wrong_password"))
    station = await rows(Station.objects.get)
    assert (refusal.identity, refusal.station_id) == ("cp1", station.pk)


@pytest.mark.parametrize("identity", ["cp1", "Cp1", "CP1", "cp1_4711"])
def test_no_station_is_the_twin_of_another(network: Organisation, identity: str) -> None:
    add_alias(register(network, "CP1"), "CP1_4711", actor=OFFICE)
    with pytest.raises(ValidationError) as error:
        add_station(organisation=network, identity=identity, now=datetime.now(UTC), actor=OFFICE)
    assert "identity" in error.value.message_dict
    assert Station.objects.count() == 1


@pytest.mark.parametrize("alias", ["", "x" * 121, "a\x00b", "CP1", "cp2", "CP2", "taken"])
def test_an_alias_that_cannot_be_is_refused(network: Organisation, alias: str) -> None:
    station, other = register(network, "CP1"), register(network, "CP2")
    add_alias(other, "Taken", actor=OFFICE)
    with pytest.raises(ValidationError):
        add_alias(station, alias, actor=OFFICE)
    assert not Alias.objects.filter(station=station).exists()


def test_aliases_are_set_whole_and_told(network: Organisation) -> None:
    station = register(network, "CP1")
    set_aliases(station, ["A", "B"], actor=OFFICE)
    set_aliases(station, ["B", "C"], actor=OFFICE)
    assert [alias.identity for alias in station.aliases.all()] == ["B", "C"]
    told = Fact.objects.filter(kind="station changed").latest("id").details
    assert told == {"changes": {"aliases": [["A", "B"], ["B", "C"]]}}


def test_who_is_meant_by_many_at_once(network: Organisation) -> None:
    one, two = register(network, "CP1"), register(network, "2")
    factories.station(one.location, "cp1", now=datetime.now(UTC))
    add_alias(two, "Two", actor=OFFICE)
    asked = [("CP1",), ("Cp1",), ("2", "CP1"), ("TWO",), ("nobody",), (), ("a\x00b",)]
    meant = {names: ref.identity for names, ref in find_meant(asked).items()}
    assert meant == {("CP1",): "CP1", ("2", "CP1"): "2", ("TWO",): "2"}
