"""A station with outlets and meters: what it measures, and what it says of its state."""

import itertools
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from apps.simulator.dialect import Moment
from apps.simulator.limits import Installed, limit_w
from apps.simulator.meter import Reading
from apps.simulator.outlet import Outlet, Session
from apps.simulator.presence import ConnectedStation

STEP_MS = 1_000
NO_SAMPLES_S = 3_600


class MeteredStation(ConnectedStation):
    """`samples_itself` meters and sends samples in the background, at the sample interval.

    Without it time belongs to the caller: only `sample` moves the register.
    """

    def __init__(
        self,
        *,
        outlets: Iterable[Outlet] | None = None,
        evses: int = 1,
        samples_itself: bool = False,
        **connection: Any,
    ) -> None:
        super().__init__(**connection)
        found = [Outlet(n) for n in range(1, evses + 1)] if outlets is None else outlets
        self.outlets = {outlet.evse_id: outlet for outlet in found}
        self.samples_itself = samples_itself
        self.sessions: list[Session] = []
        self.profiles: list[Installed] = []

    @property
    def register_wh(self) -> int:
        """The first outlet's register."""
        return next(iter(self.outlets.values())).meter.register_wh

    @property
    def active_sessions(self) -> list[Session]:
        return [session for session in self.sessions if session.is_active]

    async def send_status(self, outlet: Outlet) -> None:
        await self.send(self.dialect.status(outlet, self.clock.now()))

    async def report_status(self) -> None:
        for outlet in self.outlets.values():
            await self.send_status(outlet)

    async def set_charging_state(self, state: str, evse_id: int = 1) -> None:
        """Charging, SuspendedEV or SuspendedEVSE; nothing happens where it is so already."""
        outlet = self.outlets[evse_id]
        session = outlet.active_session
        if session is None or session.charging_state == state:
            return
        if self.samples_itself:
            self.meter_until(outlet, self.clock.now())
        outlet.power_w = 0
        session.charging_state = state
        session.power_path_s = 0.0
        reading = outlet.read(self.clock.now())
        moment = Moment(session, reading, "ChargingStateChanged", not self.is_online)
        await self.send(self.dialect.charging_state(outlet, moment))

    async def sample(
        self, *, power_w: int | None = None, advance_s: float = 0.0, evse_id: int = 1
    ) -> Reading:
        """Let `advance_s` pass at `power_w` (or along the curve), then send a sample."""
        outlet = self.outlets[evse_id]
        if power_w is None:
            self._follow_curve(outlet, round(advance_s * 1000), self.clock.now())
        else:
            outlet.consume(power_w, round(advance_s * 1000))
        self.clock.advance(advance_s)
        outlet.metered_at = self.clock.now()
        return await self.send_sample(outlet, "MeterValuePeriodic")

    async def send_sample(self, outlet: Outlet, trigger: str) -> Reading:
        context = "Trigger" if trigger == "Trigger" else "Sample.Periodic"
        reading = outlet.read(self.clock.now(), context)
        session = outlet.active_session
        if session is not None:
            session.readings.append(reading)
            moment = Moment(session, reading, trigger, not self.is_online)
            await self.send(self.dialect.sampled(moment))
        return reading

    async def tick(self, evse_id: int = 1) -> None:
        """Meter up to now, send a sample, and let car and limits pause or resume."""
        outlet = self.outlets[evse_id]
        self.meter_until(outlet, self.clock.now())
        await self.send_sample(outlet, "MeterValuePeriodic")
        await self._follow_car_and_limits(outlet)

    async def _follow_car_and_limits(self, outlet: Outlet) -> None:
        session = outlet.active_session
        if session is None or outlet.car is None:
            return
        if session.charging_state == "Charging" and outlet.car.is_full:
            await self.set_charging_state("SuspendedEV", outlet.evse_id)
        elif session.charging_state == "Charging" and self.limit_w(outlet) == 0:
            await self.set_charging_state("SuspendedEVSE", outlet.evse_id)
        elif session.charging_state == "SuspendedEVSE" and self.limit_w(outlet) != 0:
            await self.set_charging_state("Charging", outlet.evse_id)

    async def _sample_by_itself(self, outlet: Outlet, session: Session) -> None:
        while session.is_active:
            await self.clock.sleep(self.settings.sample_interval_s or NO_SAMPLES_S)
            if session.is_active:
                await self.tick(outlet.evse_id)

    def meter_until(self, outlet: Outlet, now: datetime) -> None:
        since = outlet.metered_at or now
        elapsed_ms = round((now - since).total_seconds() * 1000)
        outlet.metered_at = now
        self._follow_curve(outlet, max(0, elapsed_ms), now)

    def _follow_curve(self, outlet: Outlet, duration_ms: int, now: datetime) -> None:
        limit = self.limit_w(outlet, now)
        for done_ms in itertools.count(0, STEP_MS):
            step_ms = min(STEP_MS, duration_ms - done_ms)
            if step_ms <= 0:
                return
            outlet.consume(outlet.drawable_w(limit), step_ms, self.clock.speed)

    def limit_w(self, outlet: Outlet, at: datetime | None = None) -> float | None:
        session = outlet.active_session
        return limit_w(
            self.profiles,
            evse_id=outlet.evse_id,
            at=at or self.clock.now(),
            session_started_at=session.started_at if session else None,
            voltage_v=outlet.supply.voltage_v,
            phases=outlet.phases,
        )
