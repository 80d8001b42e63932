"""The socket of an open page: what it sends, when it is silent, and how it ends."""

from typing import Any

import pytest
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.db import OperationalError
from django.test import Client

from apps.accounts.models import User
from apps.dashboard import consumers
from apps.dashboard.consumers import LiveConsumer
from apps.live.announce import group_of
from apps.stations.models import Connector
from tests.factories import Cast
from tests.scene import scene as make_scene
from tests.servers import rows


@pytest.fixture
def scene(transactional_db: None) -> Cast:
    """Committed, for the socket reads it by a connection of its own."""
    return make_scene()


async def talk(user: User | None) -> WebsocketCommunicator:
    communicator = WebsocketCommunicator(LiveConsumer.as_asgi(), "/live/")
    communicator.scope["user"] = user
    if user is not None:
        communicator.scope["session"] = await rows(lambda: _logged_in(user))
    return communicator


def _logged_in(user: User) -> Any:
    browser = Client()
    browser.force_login(user)
    return browser.session


async def test_the_socket_sends_what_is_watched_and_again_when_it_changed(scene: Cast) -> None:
    station = scene.extras["busy"]
    name = f"station-row:{station.pk}"
    socket = await talk(scene.operator)
    assert (await socket.connect())[0]
    await socket.send_json_to({"watch": [name], "listen": ["messages:*"]})
    first = await socket.receive_json_from(timeout=5)
    assert "Charging" in first["fragments"][name]
    await Connector.objects.filter(station=station).aupdate(status="Faulted")
    await announce(station.organisation_id, f"station:{station.pk}", "messages:7", "commands")
    second = await socket.receive_json_from(timeout=5)
    assert "Faulted" in second["fragments"][name]
    assert second["topics"] == ["messages:7"]
    await socket.disconnect()


async def test_the_socket_is_silent_about_what_is_not_watched_and_while_it_is_paused(
    scene: Cast,
) -> None:
    station = scene.extras["busy"]
    socket = await talk(scene.operator)
    await socket.connect()
    await announce(station.organisation_id, f"station:{station.pk}")
    assert await socket.receive_nothing(timeout=0.6)
    name = f"station-row:{station.pk}"
    await socket.send_json_to({"watch": [name], "pause": True})
    assert await socket.receive_nothing(timeout=0.6)
    await socket.send_json_to({"pause": False})
    assert name in (await socket.receive_json_from(timeout=5))["fragments"]
    await socket.disconnect()


async def test_a_stranger_may_watch_but_gets_nothing(scene: Cast) -> None:
    station = scene.extras["busy"]
    socket = await talk(scene.stranger)
    await socket.connect()
    await socket.send_json_to(
        {"watch": [f"station-row:{station.pk}", "nonsense:1", "session-row:x"]}
    )
    await announce(station.organisation_id, f"station:{station.pk}")
    assert await socket.receive_nothing(timeout=0.6)
    await socket.disconnect()


async def test_the_socket_joins_its_group_again_before_it_is_forgotten_there(
    scene: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer, joined = get_channel_layer(), []

    async def group_add(group: str, channel: str) -> None:
        joined.append((group, channel))

    monkeypatch.setattr(layer, "group_add", group_add)
    monkeypatch.setattr(consumers, "REJOIN_S", 0.0)
    socket = await talk(scene.operator)
    await socket.connect()
    await socket.send_json_to({"watch": [f"station-row:{scene.extras['busy'].pk}"]})
    await socket.receive_json_from(timeout=5)
    assert joined[2:4] == joined[:2], "the organisation's group and the person's own"
    await socket.disconnect()


async def test_a_socket_that_cannot_look_is_closed_so_that_its_page_says_so(
    scene: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(LiveConsumer, "_render", fail)
    socket = await talk(scene.operator)
    await socket.connect()
    with caplog.at_level("CRITICAL"):
        await socket.send_json_to({"watch": ["station-row:1"]})
        closed = await socket.receive_output(timeout=5)
    assert (closed["type"], closed["code"]) == ("websocket.close", 1011)


async def test_nobody_watches_without_a_log_in() -> None:
    socket = await talk(None)
    await socket.connect()
    closed = await socket.receive_output(timeout=5)
    assert (closed["type"], closed["code"]) == ("websocket.close", 4401)


async def announce(organisation_id: int, *topics: str) -> None:
    layer = get_channel_layer()
    await layer.group_send(
        group_of(organisation_id), {"type": "live.changed", "topics": list(topics)}
    )
