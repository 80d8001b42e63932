"""Fixtures of running servers: our own against the test database, and chargers at it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, connections

from apps.accounts.models import Organisation
from apps.simulator.clock import Clock
from apps.simulator.presence import Timing
from apps.simulator.station import SimStation
from apps.simulator.v16 import SimStation16
from apps.simulator.v201 import SimStation201
from apps.stations.models import Station
from apps.stations.services import add_station
from tests.factories import OFFICE
from tests.throwaway import Platform, platform
from tests.wire import Wire, dial
from tests.workers import copy_migrated

Found = TypeVar("Found")
Charger = Callable[..., Awaitable[Any]]

HOURS_AGO_S = -6 * 3600
TIMING = Timing(call_timeout_s=10, reboot_s=0.0, back_off_first_s=0.05, back_off_longest_s=0.2)
QUICK = {
    "OCPP_BOOT_QUIET_S": "0.05",
    "OCPP_BOOT_WAIT_S": "0.3",
    "OCPP_CALL_TIMEOUT_S": "2",
    "OCPP_CONFIRM_TIMEOUT_S": "3",
    "OCPP_SWEEP_INTERVAL_S": "0.1",
    "OCPP_PRESENCE_FLUSH_S": "0.2",
    "OCPP_MAX_FRAME_BYTES": "65536",
    "OCPP_INBOUND_QUEUE_FRAMES": "8",
    "OCPP_READ_ON_BOOT": "0",
    "OCPP_READ_DELAY_S": "0",
    "OCPP_REFUSALS_PER_MINUTE": "100000",
    "OCPP_GUESSES_PER_MINUTE": "100000",
}


async def eventually(look: Callable[[], Found], what: str = "it", *, within_s: float = 60) -> Found:
    """The first truthy answer of ``look``, which may read the database."""
    deadline = time.monotonic() + within_s
    while True:
        found = await rows(lambda: _found(look))
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {within_s:g} s; last: {found!r}")
        await asyncio.sleep(0.02)


async def rows(read: Callable[[], Found]) -> Found:
    """What ``read`` gives, in a thread that may use the database."""
    result: Found = await database_sync_to_async(read)()
    return result


def _found(look: Callable[[], Any]) -> Any:
    try:
        return look()
    except ObjectDoesNotExist:
        return None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A database for each worker; SQLite in a file, so that a server process can share it."""
    test = connections["default"].settings_dict["TEST"]
    if connection.vendor == "sqlite":
        test["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
    copy_migrated(test, connection.vendor)


def server_environment(**more: str) -> dict[str, str]:
    """The environment of a server on the test database."""
    given = {"DATABASE_URL": _database_url(), "SECRET_KEY": settings.SECRET_KEY, **QUICK, **more}
    return given | ({"REDIS_URL": settings.REDIS_URL} if settings.REDIS_URL else {})


def _database_url() -> str:
    now = connections["default"].settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{now['NAME']}"
    login = f"{now['USER']}:{now['PASSWORD']}" if now["PASSWORD"] else now["USER"]
    where = f"{login}@{now['HOST']}:{now['PORT']}"
    return urlunsplit(urlsplit("")._replace(scheme="postgres", netloc=where, path=now["NAME"]))


@pytest.fixture(scope="session")
def _running(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    state = tmp_path_factory.mktemp("server")
    with platform(state, **server_environment()) as running:
        yield running


@pytest.fixture
async def server(_running: Platform, transactional_db: None) -> AsyncIterator[Platform]:
    """Our server on the test database; it has let go of all stations when the test is over."""
    yield _running
    await all_gone()


@pytest.fixture
async def curious(
    network: Organisation, transactional_db: None, tmp_path: Path
) -> AsyncIterator[Platform]:
    """A server that asks what nobody told it to ask, as servers do by default."""
    with platform(tmp_path, **server_environment(OCPP_READ_ON_BOOT="1")) as served:
        yield served
        await all_gone()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A folder for a server of a test's own."""
    return tmp_path


async def all_gone() -> None:
    """Until the server has noticed that every station left."""
    await eventually(
        lambda: not Station.objects.filter(is_connected=True).exclude(gateway="").exists(),
        "the stations' departure",
    )


@pytest.fixture
def past() -> Clock:
    """A clock that runs six hours late, so that it may be advanced and never lies ahead."""
    clock = Clock()
    clock.advance(HOURS_AGO_S)
    return clock


@pytest.fixture
async def charger(server: Platform, network: Organisation) -> AsyncIterator[Charger]:
    """await charger(SimStation16, "CP1", quirks=[…]): registered, not yet connected."""
    made: list[SimStation] = []

    async def build(kind: type[SimStation], identity: str = "CP1", **habits: Any) -> SimStation:
        await rows(lambda: register(network, identity))
        known = {"identity": identity, "url": server.ocpp, "timing": TIMING}
        made.append(kind(**(known | habits)))
        return made[-1]

    yield build
    for station in made:
        await station.close()


@pytest.fixture
async def wire(server: Platform, network: Organisation) -> AsyncIterator[Callable[..., Any]]:
    """await wire("ocpp1.6", "CP1"): a bare socket of a registered station."""
    made: list[Wire] = []

    async def build(protocol: str = "ocpp2.0.1", identity: str = "CP1", **how: Any) -> Wire:
        await rows(lambda: register(network, identity))
        made.append(await dial(server.ocpp, identity, protocol, **how))
        return made[-1]

    yield build
    for one in made:
        await one.close()


def register(network: Organisation, identity: str, **fields: Any) -> Station:
    known = Station.objects.filter(identity=identity).first()
    return known or add_station(
        organisation=network, identity=identity, now=datetime.now(UTC), **fields, actor=OFFICE
    )


@pytest.fixture(params=[SimStation16, SimStation201], ids=["ocpp1.6", "ocpp2.0.1"])
def either(request: pytest.FixtureRequest) -> type[SimStation]:
    """Either version's station: the test runs with both."""
    kind: type[SimStation] = request.param
    return kind
