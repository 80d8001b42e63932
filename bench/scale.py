"""Lists and exports of a network that has grown."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection
from threading import Event, Thread

from tests.throwaway import Platform

# What people narrow each list by: what is common, what is rare, and what is not there.
_FILTERS: dict[str, tuple[str, ...]] = {
    "stations": (
        "", "q=FILL99", "q=nowhere", "state=faulted", "state=charging", "state=offline",
        "connection=attention", "connection=waiting", "vendor=Maker3", "protocol=ocpp1.6",
    ),
    "sessions": (
        "", "q=fill-77", "q=nowhere", "token=CARD77", "token=nobody", "station=FILL99",
        "state=active", "state=ended", "view=problems", "from=2020-01-01&to=2020-01-02",
    ),
    "messages": (
        "", "result=errors", "result=timed_out", "direction=out", "direction=out&result=errors",
        "action=DataTransfer", "action=Reset", "action=BootNotification", "action=Heartbeat",
        "action=MeterValues", "hide=both", "q=nowhere", "q=fill-message-0", "station=FILL99",
        "station=FILL99&q=nowhere", "direction=out&action=RequestStartTransaction",
        "direction=out&action=Heartbeat", "action=NotifyEvent", "action=StatusNotification",
        "action=Heartbeat&hide=heartbeats", "direction=out&result=ok",
    ),
    "commands": (
        "", "q=FILL99", "q=Anna", "q=nowhere", "state=open", "state=failed", "state=expired",
        "name=reset_station", "name=unlock_connector", "name=reset_station&state=failed",
    ),
    "tokens": ("", "q=CARD77", "q=nowhere", "status=blocked"),
}  # fmt: skip
_PAGES = (
    ("stations list", "/stations/"),
    ("stations search", "/stations/?q=FILL99"),
    ("sessions list", "/sessions/"),
    ("sessions of a card", "/sessions/?token=CARD77"),
    ("messages", "/messages/"),
)


def pages(served: Platform, cookie: str) -> Iterator[tuple[str, str, str]]:
    """The median time of each list page, as its user waits for it."""
    for name, path in _PAGES:
        yield (
            f"{name}, whole page",
            f"{_median_s(served, path, cookie) * 1000:.0f} ms",
            "budget 150 ms",
        )


def filters(served: Platform, cookie: str) -> Iterator[tuple[str, str, str]]:
    """The slowest filter of each list, by its median time."""
    for name, queries in _FILTERS.items():
        waits = {query: _median_s(served, f"/{name}/?{query}", cookie) for query in queries}
        slowest = max(waits, key=lambda query: waits[query])
        words = f"{waits[slowest] * 1000:.0f} ms"
        yield f"slowest filter of {name}: {slowest or 'none'}", words, "budget 300 ms"


def export(served: Platform, cookie: str) -> tuple[str, str, str]:
    """The CSV of many sessions, streamed."""
    elapsed_s, lines = _fetch(served, "/sessions/export.csv?station=FILL1", cookie)
    elapsed_s, lines = _fetch(served, "/sessions/export.csv?state=ended", cookie, most=200_000)
    return "CSV export", f"{lines / elapsed_s:,.0f} rows/s", "budget 20,000 rows/s"


def meanwhile(served: Platform, cookie: str) -> Iterator[tuple[str, str, str]]:
    """How much longer the pages of a process take while it makes an export."""
    alone = {path: _median_s(served, path, cookie) for _, path in _PAGES}
    is_over = Event()
    exporting = Thread(target=_export_until, args=(is_over, served, cookie))
    exporting.start()
    slower = [_median_s(served, path, cookie) / alone_s for path, alone_s in alone.items()]
    is_over.set()
    exporting.join()
    yield "slowest page during an export", f"{max(slower):.1f} times as long", "budget 1.5"


def _export_until(is_over: Event, served: Platform, cookie: str) -> None:
    while not is_over.is_set():
        _fetch(served, "/sessions/export.csv?state=ended", cookie, most=50_000)


def _median_s(served: Platform, path: str, cookie: str) -> float:
    return sorted(_fetch(served, path, cookie)[0] for _ in range(7))[3]


def _fetch(served: Platform, path: str, cookie: str, most: int | None = None) -> tuple[float, int]:
    begun, lines = time.perf_counter(), 0
    connection = HTTPConnection(served.host, served.port, timeout=120)
    connection.request("GET", path, headers={"Cookie": cookie})
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(f"{path} was answered {response.status}")
    while chunk := response.read(1 << 16):
        lines += chunk.count(b"\n")
        if most is not None and lines > most:
            break
    connection.close()
    return time.perf_counter() - begun, lines
