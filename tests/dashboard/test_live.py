"""What is on the screen follows what is announced, and nothing else reaches it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.batch.items import Item
from apps.batch.refs import StationRef
from apps.commands.services import queue
from apps.dashboard import consumers, fragments
from apps.dashboard.access import zone_of
from apps.dashboard.consumers import LiveConsumer
from apps.domain.commands import ResetStation
from apps.domain.events import (
    ConnectorStatusChanged,
    Event,
    FirmwareProgressed,
    Sample,
    SessionEnded,
    SessionUpdated,
)
from apps.domain.vocabulary import ChargingState, ConnectorStatus
from apps.ingest.commit import commit
from apps.live.announce import group_of
from apps.stations.models import Connector, Station
from apps.stations.services import sweep_presence
from tests.dashboard.conftest import LogIn
from tests.dashboard.law import obey
from tests.factories import Cast
from tests.servers import rows

Happen = Callable[[Cast], object]


def tell(station: Station, event: Event) -> None:
    """As if the station had said it."""
    ref = StationRef(**{f: _ref_value(station, f) for f in StationRef.__dataclass_fields__})
    now = timezone.now()
    commit([Item(ref, station.protocol, station.connection_id, now, event=event)], now)


def _ref_value(station: Station, name: str) -> Any:
    return station.pk if name == "id" else getattr(station, name)


def a_connector_becomes_free(scene: Cast) -> None:
    now = timezone.now()
    tell(scene.extras["busy"], ConnectorStatusChanged(1, 1, ConnectorStatus.AVAILABLE, now))


def a_connector_faults(scene: Cast) -> None:
    now = timezone.now()
    tell(scene.extras["busy"],
         ConnectorStatusChanged(2, 1, ConnectorStatus.FAULTED, now, "GroundFailure"))  # fmt: skip


def power_changes(scene: Cast) -> None:
    now = timezone.now()
    sample = Sample(now, register_wh=18_226_000.0, power_w=12_345.0, soc_pct=60.0)
    tell(scene.extras["busy"], SessionUpdated(
        at=now, transaction_id=scene.extras["running"].transaction_id, seq=90,
        charging_state=ChargingState.CHARGING, samples=(sample,)))  # fmt: skip


def the_session_ends(scene: Cast) -> None:
    tell(scene.extras["busy"], SessionEnded(
        at=timezone.now(), transaction_id=scene.extras["running"].transaction_id, seq=99,
        stop_reason="EVDisconnected"))  # fmt: skip


def a_station_falls_silent(scene: Cast) -> None:
    now = timezone.now()
    Station.objects.filter(pk=scene.extras["busy"].pk).update(last_seen_at=now - timedelta(hours=2))
    sweep_presence(now=now, factor=3)


def a_command_is_queued(scene: Cast) -> None:
    station = scene.extras["busy"]
    queue(
        organisation_id=station.organisation_id,
        station_id=station.pk,
        identity=station.identity,
        command=ResetStation("on_idle"),
        now=timezone.now(),
        actor="Anna Visser",
    )


def firmware_is_reported(scene: Cast) -> None:
    tell(scene.extras["quiet"], FirmwareProgressed("InstallationFailed"))


HAPPENINGS: tuple[Happen, ...] = (
    a_connector_becomes_free,
    a_connector_faults,
    power_changes,
    the_session_ends,
    a_station_falls_silent,
    a_command_is_queued,
    firmware_is_reported,
)


@pytest.mark.parametrize("happen", HAPPENINGS, ids=lambda happen: happen.__name__)
@pytest.mark.parametrize(
    "page", ["/", "/stations/", "station", "/sessions/", "session", "/commands/", "maintenance"]
)
def test_a_stale_page_and_the_announced_changes_make_the_fresh_page(
    page: str,
    happen: Happen,
    scene: Cast,
    log_in: LogIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    url = {
        "station": f"/stations/{scene.extras['busy'].identity}/",
        "maintenance": f"/stations/{scene.extras['quiet'].identity}/?tab=maintenance",
        "session": f"/sessions/{scene.extras['running'].pk}/",
    }.get(page, page)
    actor = scene.operator
    with timezone.override(zone_of(actor)):
        obey(
            log_in("operator"), actor, url, lambda: happen(scene), monkeypatch,
            django_capture_on_commit_callbacks,
        )  # fmt: skip


def test_the_law_would_notice_a_change_that_nobody_announced(
    scene: Cast,
    log_in: LogIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    def in_secret() -> None:
        Connector.objects.filter(station=scene.extras["busy"]).update(status="Faulted")

    with timezone.override(zone_of(scene.operator)), pytest.raises(AssertionError):
        obey(
            log_in("operator"), scene.operator, "/stations/", in_secret, monkeypatch,
            django_capture_on_commit_callbacks,
        )  # fmt: skip


@pytest.mark.parametrize("name", sorted(fragments.REGISTRY))
def test_no_fragment_shows_a_stranger_anything_of_ours(name: str, scene: Cast) -> None:
    busy, running = scene.extras["busy"], scene.extras["running"]
    keys = [
        str(busy.pk),
        f"{busy.pk}-1",
        str(running.pk),
        "all",
        "stations",
        *map(str, range(1, 60)),
    ]
    shown = "".join(
        fragments.render(name, it, scene.stranger)
        for it in fragments.load(scene.stranger, name, keys)
    )
    assert "NL-" not in shown
    assert "04A2C9E1" not in shown


def test_a_fragment_needs_the_permission_of_its_page(scene: Cast) -> None:
    running = scene.extras["running"]
    (sheet,) = fragments.load(scene.finance, "session-sheet", [str(running.pk)])
    assert "/actions/" not in fragments.render("session-sheet", sheet, scene.finance)
    assert fragments.load(scene.finance, "station-row", [str(scene.extras["busy"].pk)]) == []
    assert fragments.load(scene.finance, "command-life", ["1"]) == []
    assert fragments.load(scene.finance, "nav-count", ["attention"]) == []


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


@pytest.mark.django_db(transaction=True)
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


@pytest.mark.django_db(transaction=True)
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


@pytest.mark.django_db(transaction=True)
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


@pytest.mark.django_db(transaction=True)
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


@pytest.mark.django_db(transaction=True)
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
