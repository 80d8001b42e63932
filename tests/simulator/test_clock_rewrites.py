"""What wrong clocks tell, while the station itself goes by the true time."""

from typing import Any

import pytest

from apps.simulator.clock import ManualClock
from apps.simulator.outlet import Outlet
from apps.simulator.station import SimStation
from tests.simulator.conftest import MakeStation
from tests.simulator.csms import Csms

Either = type[SimStation]
# 08:00:00, 08:01:00 and 08:02:00 on 2025-03-01 in the words of each clock
TOLD = {
    "clock_1970": ("1970-01-01T00:00:00", "1970-01-01T00:01:00", "1970-01-01T00:02:00"),
    "clock_2023": ("2023-01-01T00:00:00", "2023-01-01T00:01:00", "2023-01-01T00:02:00"),
    "clock_set_late": ("2023-01-01T00:00:00", "2023-01-01T00:01:00", "2025-03-01T08:02:00"),
    "clock_years_ahead": ("2034-02-27T08:00:00", "2034-02-27T08:01:00", "2034-02-27T08:02:00"),
    "clock_local": ("2025-03-01T10:00:00", "2025-03-01T10:01:00", "2025-03-01T10:02:00"),
    "clock_behind": ("2025-03-01T04:53:00", "2025-03-01T04:54:00", "2025-03-01T04:55:00"),
    "clock_jumps": ("2025-03-01T08:00:00", "2025-03-01T08:01:00", "2025-03-01T07:02:00"),
    "clock_stuck": ("2025-03-01T08:00:00",) * 3,
    "clock_drifts": ("2025-03-01T08:00:00", "2025-03-01T08:01:01", "2025-03-01T08:02:02"),
    "naive_timestamps": ("2025-03-01T08:00:00", "2025-03-01T08:01:00", "2025-03-01T08:02:00"),
}


def samples(csms: Csms) -> list[dict[str, Any]]:
    told = [f.payload for f in csms.frames if "meterValue" in (f.payload or {})]
    return [p["meterValue"][0] for p in told if p.get("eventType", "Updated") == "Updated"]


@pytest.mark.parametrize("quirk", TOLD)
async def test_what_a_clock_tells(
    csms: Csms, make: MakeStation, clock: ManualClock, either: Either, quirk: str
) -> None:
    station = make(either, quirks=[quirk], clock=clock, outlets=[Outlet(1)])
    await station.connect()
    session = await station.start_session(token="AB12")
    for _ in range(2):
        await station.sample(power_w=10_000, advance_s=60)
    await station.stop_session()
    status = csms.payloads("StatusNotification")[0]["timestamp"]
    instants = [status, *(sample["timestamp"] for sample in samples(csms))]
    assert tuple(text[:19] for text in instants) == TOLD[quirk]
    assert all(text.endswith("Z") for text in instants) == (quirk != "naive_timestamps")
    assert (session.ended_at - session.started_at).total_seconds() == 120
