"""Acknowledged means committed: seen from outside, by two gateways, through a database crash."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg
import pytest

from apps.accounts.models import Organisation
from apps.journal.models import Message
from apps.sessions.models import Sample, Session
from tests.servers import QUICK, all_gone, register, rows, server_environment
from tests.throwaway import Platform, environment, migrate, platform, postgres
from tests.wire import Wire, dial

MakeWire = Callable[..., Awaitable[Wire]]
BEGAN_AT = datetime.now(UTC) - timedelta(hours=3)


def event(kind: str, seq: int, transaction_id: str, wh: float = 0) -> dict[str, Any]:
    at = (BEGAN_AT + timedelta(seconds=60 * seq)).isoformat()
    value = {"timestamp": at, "sampledValue": [{"value": wh}]}
    return {
        "eventType": kind, "timestamp": at, "seqNo": seq, "triggerReason": "MeterValuePeriodic",
        "transactionInfo": {"transactionId": transaction_id}, "meterValue": [value],
        "evse": {"id": 1, "connectorId": 1},
    }  # fmt: skip


async def test_a_reader_sees_what_was_acknowledged(wire: MakeWire) -> None:
    opened = await wire()
    for seq in range(30):
        kind = "Updated" if seq else "Started"
        await opened.ask("TransactionEvent", event(kind, seq, "tx", 100 * seq))
        seen = await rows(lambda: (Session.objects.get().energy_wh, Message.objects.count()))
        assert seen == (100 * seq, seq + 1)


@pytest.fixture
async def two(
    network: Organisation, transactional_db: None, tmp_path: Path
) -> AsyncIterator[tuple[Platform, Platform]]:
    """Two servers on the same database."""
    env = server_environment()
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with platform(tmp_path / "one", **env) as one, platform(tmp_path / "two", **env) as two:
        yield one, two
        await all_gone()


async def test_two_gateways_write_for_many_stations_at_once(
    two: tuple[Platform, Platform], network: Organisation
) -> None:
    names = [f"CP{n}" for n in range(12)]
    await rows(lambda: [register(network, name) for name in names])

    async def charge(number: int, name: str) -> None:
        opened = await dial(two[number % 2].ocpp, name)
        for seq in range(10):
            kind = {0: "Started", 9: "Ended"}.get(seq, "Updated")
            await opened.ask("TransactionEvent", event(kind, seq, "tx", 100 * seq))
        await opened.close()

    await asyncio.gather(*(charge(number, name) for number, name in enumerate(names)))
    stored = await rows(lambda: list(Session.objects.values_list("energy_wh", "seqs", "state")))
    assert stored == [(900, "0-9", "ended")] * len(names)


async def test_one_session_told_half_to_each_gateway_is_one_session(
    two: tuple[Platform, Platform], network: Organisation
) -> None:
    """As when a station reconnects elsewhere while its older messages are being written."""
    await rows(lambda: register(network, "CP1"))
    for seq in range(8):
        opened = await dial(two[seq % 2].ocpp, "CP1")
        kind = {0: "Started", 7: "Ended"}.get(seq, "Updated")
        await opened.ask("TransactionEvent", event(kind, seq, "tx", 100 * seq))
        if seq % 3 == 0:
            opened.cut()
        else:
            await opened.close()
    row = await rows(Session.objects.get)
    assert (row.energy_wh, row.seqs, row.state) == (700, "0-7", "ended")
    assert await rows(Sample.objects.count) == 8


def crash(database: str) -> None:
    """Kill one of the database's processes: it throws everybody out and recovers."""
    with psycopg.connect(database) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


@pytest.mark.postgres
async def test_a_database_that_crashes_and_returns_loses_nothing(tmp_path: Path) -> None:
    with postgres() as database:
        env = {"DATABASE_URL": database, **QUICK}
        migrate(environment(tmp_path, **env))
        with platform(tmp_path, **env) as server:
            names = [f"CP{n}" for n in range(6)]
            for name in names:
                server.manage("station", "add", name, "--no-password")
            wires = [await dial(server.ocpp, name) for name in names]
            half_way = asyncio.Event()
            charging = [asyncio.create_task(charge(one, half_way)) for one in wires]
            await half_way.wait()
            await asyncio.to_thread(crash, database)
            await asyncio.wait_for(asyncio.gather(*charging), 60)
            for one in wires:
                await one.close()
            with psycopg.connect(database) as connection:
                found = connection.execute(
                    "SELECT energy_wh, seqs, state FROM charging_sessions_session"
                ).fetchall()
                messages = connection.execute(
                    "SELECT count(*) FROM journal_message WHERE action = 'TransactionEvent'"
                ).fetchone()
    assert found == [(5900, "0-59", "ended")] * len(names)
    assert messages == (60 * len(names),)


@pytest.mark.postgres
async def test_pages_do_not_meet_connections_that_died_with_the_database(tmp_path: Path) -> None:
    with postgres() as database:
        env = {"DATABASE_URL": database, **QUICK}
        migrate(environment(tmp_path, **env))
        with platform(tmp_path, **env) as server:
            assert await asyncio.to_thread(is_ready, server)
            await asyncio.to_thread(crash, database)
            await asyncio.to_thread(until_back, database)
            assert [await asyncio.to_thread(is_ready, server) for _ in range(5)] == [True] * 5


def is_ready(server: Platform) -> bool:
    try:
        return urlopen(f"{server.url}/readyz", timeout=30).status == 200
    except HTTPError:
        return False


def until_back(database: str) -> None:
    for _ in range(600):
        try:
            psycopg.connect(database).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the database did not recover")


async def charge(opened: Wire, half_way: asyncio.Event) -> None:
    for seq in range(60):
        kind = {0: "Started", 59: "Ended"}.get(seq, "Updated")
        await opened.ask("TransactionEvent", event(kind, seq, "tx", 100 * seq))
        if seq == 30:
            half_way.set()
