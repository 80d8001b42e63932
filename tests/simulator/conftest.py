"""A plain central system, and stations that leave when their test ends."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from apps.simulator.clock import Clock, ManualClock
from apps.simulator.meter import Meter
from apps.simulator.outlet import Outlet
from apps.simulator.presence import Timing
from apps.simulator.station import SimStation
from apps.simulator.v16 import SimStation16
from apps.simulator.v201 import SimStation201
from tests.simulator.csms import Csms, running_csms

QUICK = Timing(call_timeout_s=0.2, reboot_s=0.0, back_off_first_s=0.0, back_off_longest_s=0.01)
MakeStation = Callable[..., Any]


@pytest.fixture
async def csms() -> AsyncIterator[Csms]:
    async with running_csms() as running:
        yield running


@pytest.fixture
async def make(csms: Csms) -> AsyncIterator[MakeStation]:
    """make(SimStation16, quirks=[...]) is an unconnected station of the fixture's csms."""
    made: list[SimStation] = []

    def build(station_class: type[SimStation], **habits: Any) -> SimStation:
        chosen = {"identity": "SIM1", "url": csms.url, "timing": QUICK} | habits
        chosen.setdefault("clock", Clock())
        made.append(station_class(**chosen))
        return made[-1]

    yield build
    for station in made:
        await station.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=[SimStation16, SimStation201], ids=["ocpp1.6", "ocpp2.0.1"])
def either(request: pytest.FixtureRequest) -> type[SimStation]:
    """Either version's station: the test runs with both."""
    station_class: type[SimStation] = request.param
    return station_class


@pytest.fixture
def quirky(make: MakeStation, clock: ManualClock) -> Any:
    """quirky(SimStation16, "lost_stop"): the register starts at 5,000 Wh."""

    def build(station_class: type[SimStation], name: str) -> Any:
        outlets = [Outlet(1, meter=Meter(5_000))]
        return make(station_class, quirks=[name], clock=clock, outlets=outlets)

    return build
