"""How a station gets in, stays in and is replaced: T-01 to T-17 over a real socket."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from apps.accounts.models import Organisation
from apps.journal.models import LinkEvent, Message, Refusal
from apps.stations.models import Station
from tests import factories
from tests.servers import eventually, register, rows
from tests.throwaway import Platform, platform
from tests.wire import Wire, dial

MakeWire = Callable[..., Awaitable[Wire]]
HEX_KEY = "00FF10203040506070809fA0B0C0D0E0F0010203".upper()


def basic(user: str | bytes, password: str | bytes) -> dict[str, Any]:
    parts = [part if isinstance(part, bytes) else part.encode() for part in (user, password)]
    credentials = base64.b64encode(b":".join(parts)).decode()
    return {"additional_headers": {"Authorization": f"Basic {credentials}"}}


async def refused(server: Platform, identity: str, protocol: str | None, **how: Any) -> Any:
    """The HTTP response to a handshake that must not succeed."""
    with pytest.raises(InvalidStatus) as refusal:
        await dial(server.ocpp, identity, protocol, **how)
    return refusal.value.response


async def kept(reason: str) -> Refusal:
    return await eventually(lambda: Refusal.objects.get(reason=reason), f"a refusal: {reason}")


async def secured(network: Organisation, identity: str, password: str) -> None:
    await rows(lambda: register(network, identity, password=password, security_profile=1))


async def opens(server: Platform, identity: str = "CP1", **how: Any) -> bool:
    wire = await dial(server.ocpp, identity, how.pop("protocol", "ocpp2.0.1"), **how)
    is_alive = await wire.is_alive()
    await wire.close()
    return is_alive


@pytest.mark.parametrize("identity", ["CP 1/äß%", "cp1", "CP1", "a" * 48])
async def test_t_01_the_identity_is_decoded_once_and_keeps_its_case(
    wire: MakeWire, identity: str
) -> None:
    assert await (await wire(identity=identity)).is_alive()
    assert await rows(lambda: Station.objects.get(is_connected=True).identity) == identity


async def test_t_01_the_letter_case_does_not_matter_where_one_station_only_is_meant(
    server: Platform, network: Organisation
) -> None:
    await secured(network, "Depot-1", "correct horse battery")
    shown = basic("DEPOT-1", "correct horse battery")
    wire = await dial(server.ocpp, "depot-1", "ocpp1.6", **shown)
    await wire.boot()
    assert await rows(lambda: Station.objects.get(is_connected=True).identity) == "Depot-1"
    assert not await rows(Refusal.objects.exists)
    await wire.close()


async def test_t_01_stations_that_differ_in_case_are_told_apart_as_they_are_written(
    server: Platform, network: Organisation
) -> None:
    def register_twins() -> None:
        place = register(network, "CP1").location
        for identity in ("cp1", "Cp1"):
            factories.station(place, identity, now=datetime.now(UTC), connected=False)

    await rows(register_twins)
    assert await opens(server, "cp1")
    assert (await rows(lambda: Station.objects.get(identity="cp1"))).last_seen_at
    assert (await refused(server, "cP1", "ocpp2.0.1")).status_code == 404


@pytest.mark.parametrize("path", [
    "/ocpp/CP1", "/o/CP1", "/ocpp/CP1/", "/ocpp/CP1?x=1", "/ocpp/CP1%20", "/ocpp/%2543P1",
    "/ocpp/cp1/ocpp/cp1", "/ocpp/ws%3A%2F%2Fhost%2Focpp%2FCP1", "/ocpp/CP1/2",
])  # fmt: skip
async def test_t_01_all_paths_lead_in_that_can_mean_one_station_only(
    server: Platform, network: Organisation, path: str
) -> None:
    await rows(lambda: register(network, "CP1"))
    assert await opens(server, address=f"ws://127.0.0.1:{server.port}{path}")


async def test_t_01_a_handshake_may_name_another_origin(wire: MakeWire) -> None:
    assert await (await wire(additional_headers={"Origin": "http://charger.local"})).is_alive()


@pytest.mark.parametrize("path", ["/ocpp/1.6/CP1", "/ocpp/2.0.1/CP1"])
async def test_t_03_the_path_does_not_choose_the_version(
    server: Platform, network: Organisation, path: str
) -> None:
    await rows(lambda: register(network, "CP1"))
    wire = await dial(server.ocpp, "", "ocpp1.6", address=server.url.replace("http", "ws") + path)
    assert wire.socket.subprotocol == "ocpp1.6"
    await wire.close()


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["ocpp1.6"], "ocpp1.6"),
        (["ocpp2.0.1", "ocpp1.6"], "ocpp2.0.1"),
        (["ocpp1.6", "ocpp2.0.1"], "ocpp1.6"),
        (["ocpp2.1", "ocpp2.0.1", "ocpp1.6"], "ocpp2.0.1"),
    ],
)
async def test_t_04_the_first_spoken_choice_of_the_station_is_echoed(
    wire: MakeWire, offered: list[str], chosen: str
) -> None:
    assert (await wire(subprotocols=offered)).socket.subprotocol == chosen


async def test_t_04_a_station_may_come_back_in_another_version(wire: MakeWire) -> None:
    probe = await wire("ocpp1.6")
    await probe.close()
    again = await wire("ocpp2.0.1")
    assert (await again.boot())["status"] == "Accepted"
    assert await rows(lambda: Station.objects.get().protocol) == "ocpp2.0.1"
    assert not await rows(Refusal.objects.exists)


async def test_t_05_an_unknown_version_beside_a_known_one_does_no_harm(wire: MakeWire) -> None:
    opened = await wire(subprotocols=["ocpp0.9", "ocpp1.6"])
    assert opened.socket.subprotocol == "ocpp1.6"


@pytest.mark.parametrize("offered", [None, "ocpp2.1", "OCPP1.6"])
async def test_t_06_no_common_version_is_refused_with_400(
    server: Platform, network: Organisation, offered: str | None
) -> None:
    await rows(lambda: register(network, "CP1"))
    response = await refused(server, "CP1", offered)
    assert response.status_code == 400
    assert b"ocpp2.0.1" in response.body
    refusal = await kept("no_subprotocol")
    assert (refusal.identity, refusal.http_status) == ("CP1", 400)
    assert refusal.offered == (offered or "")


async def test_t_07_an_unknown_station_is_refused_with_404_and_counted(server: Platform) -> None:
    for _ in range(3):
        assert (await refused(server, "STRANGER", "ocpp1.6")).status_code == 404
    refusal = await kept("unknown_identity")
    assert (refusal.identity, refusal.count, refusal.organisation_id) == ("STRANGER", 3, None)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({}, "no_credentials"),
        (basic("CP1", "wrong"), "wrong_password"),
        (basic("CP1", ""), "wrong_password"),
        (basic("CP2", "right"), "wrong_user"),
        ({"additional_headers": {"Authorization": "Basic %%%"}}, "no_credentials"),
        ({"additional_headers": {"Authorization": "Bearer right"}}, "no_credentials"),
    ],
)
async def test_t_08_t_09_wrong_credentials_are_refused_with_401(
    server: Platform, network: Organisation, how: dict[str, Any], reason: str
) -> None:
    await secured(network, "CP1", "the-right-password")
    response = await refused(server, "CP1", "ocpp1.6", **how)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic")
    refusal = await kept(reason)
    assert refusal.organisation_id == network.pk
    assert "right" not in f"{refusal.detail}{refusal.user_agent}"


@pytest.mark.parametrize(
    "sent", [HEX_KEY, HEX_KEY.encode(), bytes.fromhex(HEX_KEY)], ids=["text", "bytes", "raw"]
)
async def test_t_08_an_authorization_key_fits_as_hex_and_as_the_bytes_behind_it(
    server: Platform, network: Organisation, sent: str | bytes
) -> None:
    await secured(network, "CP1", HEX_KEY)
    assert await opens(server, **basic("CP1", sent))


async def test_t_08_a_password_may_hold_colons(server: Platform, network: Organisation) -> None:
    await secured(network, "CP1", "a:password:of:colons")
    assert await opens(server, **basic("CP1", "a:password:of:colons"))


async def test_too_many_stations_are_refused_with_503_and_a_time_to_return(
    network: Organisation, transactional_db: None, tmp_path: Any
) -> None:
    from tests.servers import server_environment

    await rows(lambda: (register(network, "CP1"), register(network, "CP2")))
    env = server_environment(OCPP_MAX_CONNECTIONS="1", OCPP_RETRY_AFTER_S="7")
    with platform(tmp_path, **env) as small:
        first = await dial(small.ocpp, "CP1")
        response = await refused(small, "CP2", "ocpp2.0.1")
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "7"
        assert (await kept("too_many")).identity == "CP2"
        assert await first.is_alive()
        await first.close()


async def test_t_10_the_newest_connection_wins(wire: MakeWire) -> None:
    older = await wire()
    newer = await wire()
    assert await older.closed() == 4000
    assert await newer.is_alive()
    station = await rows(lambda: Station.objects.get(identity="CP1"))
    assert station.is_connected
    kinds = await eventually(
        lambda: (
            (found := list(LinkEvent.objects.order_by("id").values_list("kind", flat=True)))
            and len(found) == 3
            and found
        )
    )
    assert kinds == ["connected", "connected", "replaced"]


async def test_t_10_the_end_of_an_older_connection_does_not_take_the_station_offline(
    wire: MakeWire,
) -> None:
    older = await wire()
    older.cut()
    newer = await wire()
    await eventually(lambda: LinkEvent.objects.exclude(kind="connected").exists())
    assert await newer.is_alive()
    assert await rows(lambda: Station.objects.get(identity="CP1").is_connected)


@pytest.mark.parametrize("extensions", [None, [ClientPerMessageDeflateFactory()]])
async def test_t_11_messages_may_be_compressed_and_need_not_be(
    wire: MakeWire, extensions: Any
) -> None:
    opened = await wire(compression=None, extensions=extensions)
    agreed = [extension.name for extension in opened.socket.protocol.extensions]
    assert agreed == (["permessage-deflate"] if extensions else [])
    assert await opened.is_alive()
    data = await opened.ask("DataTransfer", {"vendorId": "x" * 200, "data": "y" * 20_000})
    assert data["status"] == "UnknownVendorId"


async def test_t_13_a_ping_is_answered(wire: MakeWire) -> None:
    opened = await wire()
    await asyncio.wait_for(await opened.socket.ping(), 5)


async def test_t_14_a_station_that_reconnects_may_speak_without_a_new_boot(wire: MakeWire) -> None:
    first = await wire()
    assert (await first.boot())["status"] == "Accepted"
    await first.close()
    assert await (await wire()).is_alive()


async def test_t_15_many_stations_may_come_at_once(wire: MakeWire) -> None:
    opened = await asyncio.gather(*(wire(identity=f"HERD{n}") for n in range(60)))
    boots = await asyncio.gather(*(one.boot() for one in opened))
    assert {boot["status"] for boot in boots} == {"Accepted"}
    assert await rows(lambda: Station.objects.filter(is_connected=True).count()) == 60


async def test_t_16_any_message_shows_that_a_station_is_there(wire: MakeWire) -> None:
    opened = await wire()
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    await rows(lambda: Station.objects.update(last_seen_at=long_ago))
    await opened.ask("DataTransfer", {"vendorId": "any"})
    await eventually(lambda: Station.objects.get(last_seen_at__gt=long_ago + timedelta(minutes=59)))


@pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
async def test_t_17_the_boot_answer_says_how_often_to_beat(wire: MakeWire, protocol: str) -> None:
    answer = await (await wire(protocol)).boot()
    assert answer["interval"] == 300
    assert answer["currentTime"].endswith("Z")
    assert await rows(lambda: Station.objects.get().heartbeat_interval_s) == 300


async def test_a_frame_over_the_limit_closes_the_socket_with_its_reason(wire: MakeWire) -> None:
    opened = await wire()
    await opened.send([2, "big", "DataTransfer", {"vendorId": "x", "data": "y" * 70_000}])
    assert await opened.closed() == 1009
    gone = await eventually(lambda: LinkEvent.objects.get(kind="disconnected"))
    assert (gone.code, gone.reason) == (1009, "A frame was too large")


async def test_a_station_that_floods_without_reading_is_slowed_down_and_loses_nothing(
    wire: MakeWire,
) -> None:
    opened = await wire(max_queue=2)
    calls = [[2, f"m{n}", "DataTransfer", {"vendorId": "v", "data": "z" * 500}] for n in range(400)]
    await asyncio.gather(*(opened.send(call) for call in calls))
    answers = [(await opened.answer())[1] for _ in calls]
    assert answers == [call[1] for call in calls]
    assert await rows(lambda: Message.objects.filter(action="DataTransfer").count()) == 400


def test_no_socket_is_closed_for_its_age_and_memory_is_bounded(monkeypatch: Any) -> None:
    """Daphne closes after a day by default; the option that forbids it is set."""
    from apps.gateway import server as daphne

    given: dict[str, Any] = {}

    class Recorder:
        def __init__(self, _application: Any, **options: Any) -> None:
            given.update(options)

        def run(self) -> None:
            pass

    monkeypatch.setattr(daphne, "StationServer", Recorder)
    daphne.serve(None, "127.0.0.1", 1)
    assert given["websocket_timeout"] == -1
    assert given["websocket_max_message_size"] > 0
    assert given["ping_timeout"] == 0


async def test_a_station_that_offers_nothing_comes_in_where_a_protocol_is_assumed(
    server: Platform, network: Organisation
) -> None:
    await rows(lambda: register(network, "CP1"))
    assert (await refused(server, "CP1", None)).status_code == 400
    await rows(lambda: Station.objects.update(assumed_protocol="ocpp1.6"))
    async with connect(f"{server.ocpp}/CP1") as socket:
        await socket.send('[2,"1","Heartbeat",{}]')
        assert (await asyncio.wait_for(socket.recv(), 15))[:6] == '[3,"1"'
        assert socket.subprotocol is None
