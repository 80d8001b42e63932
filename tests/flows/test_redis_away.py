"""Redis goes away: commands go on, pages are told to come again, the log stays short."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from apps.accounts.models import Organisation, User
from apps.domain.commands import TriggerMessage
from tests.dashboard.test_log_in import close_code, open_page, session_of
from tests.gateway.test_rpc_rules import command, settled
from tests.servers import register, rows, server_environment
from tests.throwaway import platform, redis
from tests.wire import dial

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


async def test_without_redis_commands_still_go_out_and_the_log_stays_short(
    network: Organisation, state: Path
) -> None:
    await rows(lambda: register(network, "CP1"))
    person = await rows(lambda: User.objects.create_user("eva", organisation=network))
    with contextlib.ExitStack() as held, contextlib.ExitStack() as layer:
        there = layer.enter_context(redis())
        given = server_environment() | {"REDIS_URL": there}
        server = await asyncio.to_thread(held.enter_context, platform(state, **given))
        station = await dial(server.ocpp, "CP1")
        await station.boot()
        page = await open_page(server, await rows(lambda: session_of(person)))
        gone = await dial(server.ocpp, "CP1")  # replaces the first, which we cut
        station.cut()
        layer.close()
        assert await close_code(page) == 1013
        await gone.boot()
        row = await command(network, TriggerMessage("Heartbeat"))
        frame = await gone.next_call()
        await gone.send([3, frame[1], {"status": "Accepted"}])
        assert (await settled(row)).state in ("accepted", "confirmed")
        gone.cut()
        await asyncio.to_thread(held.close)
        log = server.log.read_text()
    assert "Traceback" not in log
    assert log.count("the channel layer is away") == 1
