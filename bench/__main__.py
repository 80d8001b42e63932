"""Run the suite on a throw-away PostgreSQL and Redis, and print its table."""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from bench import daily, fill, load, long, reconciling, scale, screen
from tests import throwaway
from tests.throwaway import Platform

STATIONS = 1000
SECONDS = 12
SEED = """
from django.utils import timezone
from apps.accounts.services import home_organisation
from apps.stations.models import Station
from apps.history.doers import command_line
from apps.stations.sites import default_location
home = home_organisation()
place = default_location(home, actor=command_line("bench"))
Station.objects.bulk_create(
    Station(organisation=home, location=place, identity=f"BENCH{n:05d}") for n in range(%d)
)
"""
LOG_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from ocpp_platform.first_start import make_administrator
from apps.accounts.models import User
make_administrator()
user = User.objects.get()
store = SessionStore()
store[SESSION_KEY] = str(user.pk)
store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
store[HASH_SESSION_KEY] = user.get_session_auth_hash()
store.save()
print("sessionid=" + store.session_key)
"""
LAST_SESSION = """
from apps.sessions.models import Session
print(Session.objects.get(transaction_id="%s").pk)
"""
IDENTITIES = [f"BENCH{n:05d}" for n in range(STATIONS)]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        with throwaway.production(state, "shared_buffers=256MB") as servers:
            throwaway.collect_static(throwaway.environment(state, **servers))
            with _platform(state, servers) as fresh:
                fresh.manage("shell", "-v0", "-c", SEED % STATIONS)
                _print(_memory(fresh))
            with _platform(state, servers) as served:
                for figure in _figures(served, servers["DATABASE_URL"]):
                    _print(figure)


def _platform(state: Path, servers: dict[str, str]) -> AbstractContextManager[Platform]:
    """Our server, which gives no commands of its own during the measurement."""
    silent = {"OCPP_BOOT_QUIET_S": "3600", "OCPP_READ_ON_BOOT": "0"}
    return throwaway.platform(state, None, **silent, **servers)


def _print(figure: tuple[str, str, str]) -> None:
    name, value, budget = figure
    print(f"{name:<58} {value:>22}   {budget}", flush=True)


def _figures(served: Platform, database: str) -> Iterator[tuple[str, str, str]]:
    for count in (50, 200):
        yield from _closed(served, count)
    yield _storm(served)
    yield from daily.costs(served, IDENTITIES[:400])
    yield from long.costs(served, IDENTITIES[0])
    cookie = served.manage("shell", "-v0", "-c", LOG_IN)
    yield _screen(served, cookie)
    before = asyncio.run(load.closed_loop(served.ocpp, IDENTITIES[:50], SECONDS))
    size = f"{fill.SAMPLES:,} samples, {fill.SESSIONS:,} sessions, {fill.MESSAGES:,} messages"
    yield size, fill.tables(database), "filled"
    after = asyncio.run(load.closed_loop(served.ocpp, IDENTITIES[:50], SECONDS))
    yield "TransactionEvent, of the rate on empty tables", f"{after.per_s / before.per_s:.0%}", ""
    yield from scale.pages(served, cookie)
    yield from scale.filters(served, cookie)
    yield scale.export(served, cookie)
    yield from scale.meanwhile(served, cookie)
    yield from reconciling.costs(served, database)


def _screen(served: Platform, cookie: str) -> tuple[str, str, str]:
    waits = sorted(asyncio.run(_watch(served, cookie)))
    words = f"{waits[len(waits) // 2] * 1000:.0f} / {waits[-1] * 1000:.0f} ms"
    return f"event → screen at {screen.BUSY_PER_S}/s, p50 / worst", words, "budget 1 s"


async def _watch(served: Platform, cookie: str) -> list[float]:
    crowd = [load.LoadStation(served.ocpp, identity) for identity in IDENTITIES[1:101]]
    probe = load.LoadStation(served.ocpp, IDENTITIES[0])
    for station in (probe, *crowd):
        await station.open()
        await station.event("Started")
    newest = served.manage("shell", "-v0", "-c", LAST_SESSION % probe.transaction_id)
    found = await screen.latencies_s(served, cookie, int(newest), probe, crowd)
    await asyncio.gather(*(station.close() for station in (probe, *crowd)))
    return found


def _closed(served: Platform, count: int) -> Iterator[tuple[str, str, str]]:
    with _echo(served) as echo_url:
        echo = asyncio.run(load.closed_loop(echo_url, IDENTITIES[:count], SECONDS))
    ours = asyncio.run(load.closed_loop(served.ocpp, IDENTITIES[:count], SECONDS))
    name = f"TransactionEvent, {count} stations, closed loop"
    yield name, f"{ours.per_s:,.0f}/s", f"echo {echo.per_s:,.0f}/s"
    yield "  of the same server's bare echo", f"{ours.per_s / echo.per_s:.0%}", "budget 50 %"
    yield "  latency p50 / p99", _latency(ours), f"echo {_latency(echo)}"


def _storm(served: Platform) -> tuple[str, str, str]:
    figures = asyncio.run(load.storm(served.ocpp, IDENTITIES))
    words = f"{figures.elapsed_s:.1f} s for {figures.messages}"
    return f"{STATIONS} stations connect and boot at once", words, "budget 5 s"


def _memory(served: Platform) -> tuple[str, str, str]:
    kib = asyncio.run(load.crowd(served.ocpp, IDENTITIES, _resident_kib(served.process.pid)))
    return "memory per idle, booted station", f"{kib:.0f} KiB", "budget 50 KiB"


def _latency(figures: load.Figures) -> str:
    return f"{figures.percentile_ms(0.5):.0f} / {figures.percentile_ms(0.99):.0f} ms"


def _resident_kib(pid: int) -> Callable[[], int]:
    def read() -> int:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])

    return read


@contextmanager
def _echo(served: Platform) -> Iterator[str]:
    port = throwaway.free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.echo", str(port)], cwd=throwaway.ROOT, env=served.env
    )
    try:
        throwaway.wait_for_port(port, "the echo server")
        yield f"ws://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
