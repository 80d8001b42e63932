"""From a station's event to an operator's screen, while other stations are busy."""

import asyncio
import json
import re
import time

from websockets.asyncio.client import connect

from bench.load import STEP_WH, LoadStation
from tests.throwaway import Platform

PROBES = 60
BUSY_PER_S = 500
_ENERGY = re.compile(r"([\d.,]+)\s*kWh")


async def latencies_s(
    served: Platform, cookie: str, session_id: int, probe: LoadStation, crowd: list[LoadStation]
) -> list[float]:
    """Seconds from sending an event of ``probe`` until the page's socket shows its energy."""
    busy = [asyncio.create_task(_bustle(station, len(crowd))) for station in crowd]
    headers = {"Cookie": cookie, "Origin": served.url}
    url = f"ws://{served.host}:{served.port}/live/"
    found = []
    async with connect(url, additional_headers=headers) as page:
        name = f"session-row:{session_id}"
        await page.send(json.dumps({"watch": [name]}))
        for _ in range(PROBES):
            begun = time.perf_counter()
            await probe.event()
            shown = f"{(probe.energy_wh - 1000 - STEP_WH) / 1000:.3f}"
            while shown not in _energies(await asyncio.wait_for(page.recv(), 30), name):
                pass
            found.append(time.perf_counter() - begun)
            await asyncio.sleep(0.1)
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)
    return found


async def _bustle(station: LoadStation, count: int) -> None:
    pause_s = count / BUSY_PER_S
    while True:
        took_s = await station.event()
        await asyncio.sleep(max(0.0, pause_s - took_s))


def _energies(frame: str | bytes, name: str) -> list[str]:
    html = json.loads(frame)["fragments"].get(name, "")
    return [number.replace(",", "") for number in _ENERGY.findall(html)]
