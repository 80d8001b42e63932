"""What befalls a charger is told, or lost, as it says."""

import random

import pytest

from apps.simulator.meter import Meter
from apps.simulator.outlet import Outlet
from apps.simulator.station import SimStation
from apps.simulator.v16 import SimStation16
from apps.simulator.v201 import SimStation201
from fleet import mishaps
from tests.simulator.conftest import QUICK
from tests.simulator.csms import Csms, running_csms

ENDS = ("StopTransaction", "TransactionEvent")


class Dice(random.Random):
    """Whatever lasts is over at once."""

    def uniform(self, a: float, b: float) -> float:
        return 0.0


async def befallen(kind: type[SimStation], mishap: mishaps.Mishap) -> tuple[Csms, SimStation]:
    async with running_csms() as csms:
        station = kind(
            identity="SIM1", url=csms.url, timing=QUICK, outlets=[Outlet(1, meter=Meter(5_000))]
        )
        await station.connect()
        await station.start_session(token="AB12")
        await mishap(station, Dice(1))
        assert station.is_online
        await station.close()
    return csms, station


def ends(csms: Csms) -> int:
    return sum(
        frame.action in ENDS and frame.payload.get("eventType", "Ended") == "Ended"
        for frame in csms.frames
    )


@pytest.mark.parametrize("kind", [SimStation16, SimStation201])
@pytest.mark.parametrize(
    ("mishap", "is_over", "told"),
    [
        (mishaps.nothing, False, 0),
        (mishaps.outage, False, 0),
        (mishaps.lost_answer, False, 0),
        (mishaps.reboot, True, 1),
        (mishaps.power_loss, True, 1),
        (mishaps.amnesia, True, 0),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_what_it_comes_to(
    kind: type[SimStation], mishap: mishaps.Mishap, is_over: bool, told: int
) -> None:
    csms, station = await befallen(kind, mishap)
    assert (station.sessions[0].ended_at is not None) == is_over
    assert ends(csms) == told


def test_all_goes_well_most_of_the_time() -> None:
    drawn = [mishaps.drawn(random.Random(seed)) for seed in range(500)]
    assert set(drawn) == set(mishaps.WEIGHTS)
    assert 0.5 < drawn.count(mishaps.nothing) / len(drawn) < 0.7
