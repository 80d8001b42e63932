"""A command is given: fitted to its station, queued, and written down with who wanted it."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.commands.models import CommandRow, State
from apps.control.services import give
from apps.domain.authorization import SendLocalList
from apps.domain.commands import BadParameters, Command, RawCall, ResetStation
from apps.domain.display import ClearDisplayMessage
from apps.domain.maintenance import GetLog
from apps.domain.power import GetChargingProfiles
from apps.history.models import Fact
from apps.stations.models import Station
from apps.uploads.models import Upload
from tests import factories as make


@pytest.fixture
def operator(station: Station) -> User:
    return make.user(station.organisation, "anna", Role.OPERATOR)


@pytest.fixture
def older(station: Station) -> Station:
    station.protocol = "ocpp1.6"
    return station


def test_it_waits_in_the_outbox_and_says_who_wanted_it(operator: User, station: Station) -> None:
    row = give(operator, station, ResetStation(), reason="It hangs")
    assert (row.state, row.name, row.actor, row.reason) == (
        State.QUEUED, "reset", operator.label, "It hangs",
    )  # fmt: skip
    fact = Fact.objects.get(kind="command given")
    assert (fact.actor_id, fact.subject_label, fact.reason) == (operator.pk, "reset", "It hangs")
    assert fact.details["station"] == station.identity


@pytest.mark.parametrize("command", [ClearDisplayMessage(1), GetChargingProfiles()], ids=str)
def test_what_a_version_does_not_know_is_refused(
    operator: User, older: Station, command: Command
) -> None:
    with pytest.raises(BadParameters, match=r"OCPP 1\.6"):
        give(operator, older, command)
    assert not CommandRow.objects.exists()
    assert not Fact.objects.filter(kind="command given").exists()
    older.protocol = ""
    assert give(operator, older, command).state == State.QUEUED


def test_what_a_version_cannot_say_is_refused(operator: User, older: Station) -> None:
    with pytest.raises(BadParameters, match="never one EVSE"):
        give(operator, older, ResetStation(evse_id=2))


def test_a_raw_call_is_kept_as_it_is_with_what_it_means(operator: User, older: Station) -> None:
    payload = {"key": "AuthorizationKey", "value": "00" * 16}
    row = give(operator, older, RawCall("ChangeConfiguration", payload))
    assert row.verbatim == {"action": "ChangeConfiguration", "payload": payload}
    item = {"variable": {"name": "AuthorizationKey"}, "attributeValue": "00" * 16}
    assert (row.name, row.parameters) == ("set_variables", {"variables": [item]})
    assert "00" * 16 not in str(Fact.objects.get(kind="command given").details)


def test_a_raw_call_of_no_meaning_is_itself(operator: User, station: Station) -> None:
    station.protocol = "ocpp2.0.1"
    call = RawCall("CertificateSigned", {"certificateChain": "x"})
    row = give(operator, station, call)
    assert (row.name, row.action) == ("raw_call", "CertificateSigned")
    assert row.verbatim == row.parameters


@pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
@pytest.mark.parametrize("kind", ["diagnostics", "security"])
def test_a_log_for_which_nobody_names_a_place_comes_to_us(
    operator: User, station: Station, protocol: str, kind: str, settings: Any
) -> None:
    settings.OCPP_PUBLIC_URL = "https://csms.example"
    station.protocol = protocol
    row = give(operator, station, GetLog(kind=kind))
    assert "@csms.example/uploads/" in row.parameters["location"]
    assert Upload.objects.get().command_id == row.pk


def test_a_log_that_is_refused_opens_no_door(operator: User, older: Station, settings: Any) -> None:
    settings.OCPP_PUBLIC_URL = "csms.example"
    with pytest.raises(BadParameters, match="'location' must be an address"):
        give(operator, older, GetLog())
    assert not Upload.objects.exists()


def test_of_lists_that_wait_the_newest_is_sent(operator: User, station: Station) -> None:
    for order in (SendLocalList("full"), SendLocalList("full", 9, ()), SendLocalList("full")):
        give(operator, station, order)
    states = CommandRow.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [State.SUPERSEDED, State.QUEUED, State.QUEUED]
