"""A secret that a station or a person sends is seen nowhere: not in a row, a page, a file."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from pytest_django import Settings

from apps.accounts.keys import create_api_key
from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.commands.models import CommandRow, State
from apps.control.services import give
from apps.dashboard.tabs import TABS
from apps.domain.commands import RawCall
from apps.domain.vocabulary import Protocol
from apps.journal.models import Message
from apps.protocol import validation
from apps.sessions.models import Session
from apps.stations.models import Station
from tests import factories
from tests.factories import OFFICE
from tests.journal.planting import TEXT, planted
from tests.servers import eventually, rows
from tests.wire import Wire

MakeWire = Callable[..., Awaitable[Wire]]
# What they were given for: to recognise a token, and to send what waits.
NEEDED = {
    ("charging_sessions.session", "token_uid"),
    ("reservations.reservation", "token_uid"),
    ("lists.stationlist", "held"),
}
PLACES = (
    "sessions/", "sessions.csv", "messages/", "commands/", "reservations/",
    "stations/CP1/", "stations/CP1/variables/", "stations/CP1/monitors/",
    "stations/CP1/reports/", "stations/CP1/events/", "stations/CP1/reservations/",
    "stations/CP1/local-list/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_collected_files(settings: Settings) -> None:
    """Pages take their static files from where they are written."""
    settings.WHITENOISE_AUTOREFRESH = True


def columns() -> Iterator[tuple[str, str, str]]:
    """Every value of every row, as text, but what had to be kept."""
    for model in apps.get_models():
        label = model._meta.label_lower
        for row in model._default_manager.values():
            for name, value in row.items():
                if (label, name) not in NEEDED:
                    yield label, name, str(value)


def telling_columns() -> set[tuple[str, str, str]]:
    return {column for column in columns() if TEXT in column[2]}


def telling_pages(network: Organisation) -> list[str]:
    """The addresses that show it, of the API and of the control room, to those who see most."""
    admin = factories.user(network, f"admin{Message.objects.count()}", Role.ADMIN)
    person, program = Client(), Client()
    person.force_login(admin)
    _, secret = create_api_key(organisation=network, name="all", role=Role.ADMIN, actor=OFFICE)
    bearer = {"Authorization": f"Bearer {secret}"}
    shown = {p: _body(program.get(f"/api/v1/{p}", headers=bearer)) for p in PLACES}
    paths = ["/sessions/", "/messages/", "/commands/", "/", "/sessions/export.csv", "/tokens/"]
    paths += [f"/stations/CP1/?tab={tab.key}" for tab in TABS]
    for model, page in ((Session, "sessions"), (Message, "messages"), (CommandRow, "commands")):
        paths += [f"/{page}/{key}/" for key in model._default_manager.values_list("pk", flat=True)]
    shown |= {path: _body(person.get(path, follow=True)) for path in paths}
    assert all(shown.values())
    return [path for path, text in shown.items() if TEXT in text]


def _body(response: Any) -> str:
    assert response.status_code == 200, (response.request["PATH_INFO"], response.status_code)
    parts = response.streaming_content if response.streaming else [response.content]
    return b"".join(parts).decode()


@pytest.mark.parametrize("protocol", list(Protocol))
async def test_a_secret_that_a_station_tells_is_seen_nowhere(
    wire: MakeWire, network: Organisation, protocol: Protocol
) -> None:
    opened = await wire(protocol.value)
    actions = sorted(validation.actions(protocol, "from_station"))
    for action in actions:
        payload = planted(protocol, action)
        assert validation.problems(protocol, action, "request", payload) == []
        answer = await opened.call(action, payload)
        assert answer[0] == 3, (action, answer)
    await opened.send(f'[2,"m","Heartbeat",{{"password":"{TEXT}"')
    assert (await opened.answer())[0] == 4
    await opened.send([3, "nobody-asked", {"token": TEXT}])
    assert await opened.is_alive()
    assert await rows(lambda: Message.objects.count()) == len(actions) + 3
    assert await rows(telling_columns) == set()
    assert await rows(lambda: telling_pages(network)) == []


@pytest.mark.parametrize("protocol", list(Protocol))
async def test_a_secret_in_a_command_or_its_answer_is_seen_nowhere(
    wire: MakeWire, network: Organisation, protocol: Protocol
) -> None:
    opened = await wire(protocol.value)
    await opened.boot()
    station = await rows(lambda: Station.objects.get(identity="CP1"))
    admin = await rows(lambda: factories.user(network, "admin", Role.ADMIN))
    for action in sorted(validation.actions(protocol, "from_csms")):
        payload = planted(protocol, action)
        row = await rows(partial(give, admin, station, RawCall(action, payload)))
        sent = await opened.next_call()
        while sent[2] != action:  # what we ask of our own accord
            await opened.send([4, sent[1], "NotSupported", "", {}])
            sent = await opened.next_call()
        assert sent[3] == payload, "what is sent is what was given"
        await opened.send([3, sent[1], planted(protocol, action, "response")])
        answered = CommandRow.objects.filter(pk=row.pk, answered_at__isnull=False)
        await eventually(answered.exists, action)
    assert await rows(telling_columns) == set()
    assert await rows(lambda: telling_pages(network)) == []


def test_a_secret_is_on_no_page_while_its_command_waits(network: Organisation) -> None:
    given = {
        "set_variables": {"variables": [{"key": "AuthorizationKey", "value": TEXT}]},
        "start_session": {"token": TEXT, "token_type": "KeyCode", "evse_id": 1},
        "update_firmware": {"location": f"https://fred:{TEXT}@files.example/x.bin?sig={TEXT}"},
    }
    cast = factories.cast()
    station = factories.station(cast.location, "CP1", now=cast.now)
    Station.objects.filter(pk=station.pk).update(organisation=network)
    for name, parameters in given.items():
        row = factories.command(station, name, at=cast.now, parameters=parameters)
        CommandRow.objects.filter(pk=row.pk).update(
            organisation_id=network.pk, state=State.QUEUED, request=None
        )
    assert telling_pages(network) == []
