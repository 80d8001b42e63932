"""A charging station as a driver and a car meet it: plug, authorize, charge, stop, fault."""

import asyncio
from typing import Any

from apps.simulator.curve import Car
from apps.simulator.dialect import Moment
from apps.simulator.metering import MeteredStation
from apps.simulator.outlet import Outlet, Session, Token
from apps.simulator.wire import Message, Payload

TRIGGERS = {
    "Local": "StopAuthorized",
    "Remote": "RemoteStop",
    "EVDisconnected": "EVCommunicationLost",
    "ImmediateReset": "ResetCommand",
    "SoftReset": "ResetCommand",
    "GroundFault": "AbnormalCondition",
    "EmergencyStop": "AbnormalCondition",
    "PowerLoss": "AbnormalCondition",
    "DeAuthorized": "Deauthorized",
    "UnlockCommand": "UnlockCommand",
    "StoppedByEV": "ChargingStateChanged",
}


class SimStation(MeteredStation):
    """Driven by the calls of a test, of a driver script, or of its server."""

    def __init__(self, **habits: Any) -> None:
        super().__init__(**habits)
        self.resets_when_idle: str | None = None
        self._changed = asyncio.Condition()

    # Driver and car

    async def plug_in(self, evse_id: int = 1, car: Car | None = None) -> None:
        outlet = self.outlets[evse_id]
        outlet.car = car or Car()
        outlet.is_finishing = False
        await self.send_status(outlet)

    async def authorize(self, token: Token | str) -> str:
        """The server's verdict; offline every token is let in."""
        if not self.is_online:
            return "Accepted"
        answer = await self.tell(self.dialect.authorize(as_token(token)))
        return (answer and self.dialect.verdict(answer)) or "Invalid"

    async def start_session(
        self,
        *,
        token: Token | str,
        evse_id: int = 1,
        authorize: bool = True,
        remote_start_id: int | None = None,
        trigger: str = "Authorized",
    ) -> Session | None:
        """Authorize and start; None when the token was refused or the outlet is taken."""
        if authorize and await self.authorize(token) != "Accepted":
            return None
        outlet = self.outlets[evse_id]
        if not outlet.is_free:
            return None
        if not outlet.is_plugged:
            await self.plug_in(evse_id)
        session = self._begin(outlet, as_token(token), remote_start_id)
        moment = Moment(session, session.readings[0], trigger, not self.is_online)
        await self.send(self.dialect.started(moment))
        if session.is_refused and self.settings.stops_on_invalid_token:
            return None
        await self.set_charging_state("Charging", evse_id)
        await self._tell_waiting()
        return session

    def _begin(self, outlet: Outlet, token: Token, remote_start_id: int | None) -> Session:
        now = self.clock.now()
        if "register_resets" in self.habits:
            outlet.meter.reset()
        outlet.power_w = 0
        outlet.metered_at = now
        reading = outlet.read(now, "Transaction.Begin")
        session = Session(
            outlet.evse_id,
            outlet.connector_id,
            token,
            started_at=now,
            meter_start_wh=reading.register_wh,
            remote_start_id=remote_start_id,
            readings=[reading],
        )
        outlet.session = session
        self.sessions.append(session)
        if self.samples_itself:
            self.background.spawn(self._sample_by_itself(outlet, session))
        return session

    async def wait_for_session(self, evse_id: int = 1) -> Session:
        """Until a session charges on the outlet, whoever started it."""
        async with self._changed:
            while (session := self.outlets[evse_id].active_session) is None:
                await self._changed.wait()
        return session

    async def wait_for_end(self, session: Session) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: not session.is_active)

    async def _tell_waiting(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def pause(self, *, by: str = "EV", evse_id: int = 1) -> None:
        await self.set_charging_state(f"Suspended{by}", evse_id)

    async def resume(self, evse_id: int = 1) -> None:
        await self.set_charging_state("Charging", evse_id)

    async def stop_session(self, *, reason: str = "Local", evse_id: int = 1) -> Session | None:
        """End what runs on the outlet; the cable stays in."""
        outlet = self.outlets[evse_id]
        session = outlet.active_session
        if session is None:
            return None
        if self.samples_itself:
            self.meter_until(outlet, self.clock.now())
        self._end(outlet, session, reason)
        trigger = TRIGGERS.get(reason, "AbnormalCondition")
        moment = Moment(session, session.readings[-1], trigger, not self.is_online)
        await self.send(self.dialect.ended(moment))
        if outlet.fault is None:
            await self.send_status(outlet)
        await self._tell_waiting()
        await self._settle_postponed(outlet)
        return session

    def _end(self, outlet: Outlet, session: Session, reason: str) -> None:
        now = self.clock.now()
        outlet.power_w = 0
        reading = outlet.read(now, "Transaction.End")
        session.readings.append(reading)
        session.ended_at, session.stop_reason = now, reason
        session.meter_stop_wh = reading.register_wh
        session.charging_state = "Idle" if reason == "EVDisconnected" else "EVConnected"
        outlet.is_finishing = outlet.is_plugged

    async def unplug(self, evse_id: int = 1) -> None:
        outlet = self.outlets[evse_id]
        await self.stop_session(reason="EVDisconnected", evse_id=evse_id)
        outlet.car, outlet.is_finishing = None, False
        await self.send_status(outlet)

    async def fault(self, code: str = "GroundFailure", evse_id: int = 1) -> None:
        """Faults the outlet; what runs on it ends."""
        outlet = self.outlets[evse_id]
        outlet.fault = code
        await self.send(*self.dialect.faulted(outlet, self.clock.now()))
        await self.stop_session(reason="GroundFault", evse_id=evse_id)

    async def recover(self, evse_id: int = 1) -> None:
        outlet = self.outlets[evse_id]
        outlet.fault = None
        await self.send(*self.dialect.faulted(outlet, self.clock.now()))

    # What the server's answers change

    def _settled(self, message: Message, answer: Payload | None) -> None:
        """A transaction message was answered: learn the id, and whether the token holds."""
        session = message.session
        if session is None or answer is None:
            return
        session.told += 1
        if message.action == "StartTransaction":
            self.dialect.note_started(session, answer)
        session.authorization = self.dialect.verdict(answer) or session.authorization
        if session.is_active and session.is_refused and self.settings.stops_on_invalid_token:
            stop = self.stop_session(reason="DeAuthorized", evse_id=session.evse_id)
            self.background.spawn(stop)

    async def _settle_postponed(self, outlet: Outlet) -> None:
        """What the server asked for while a session ran."""
        if outlet.becomes_operative is not None:
            outlet.is_operative, outlet.becomes_operative = outlet.becomes_operative, None
            await self.send_status(outlet)
        if self.resets_when_idle and not self.active_sessions:
            reason, self.resets_when_idle = self.resets_when_idle, None
            self.background.spawn(self.reboot(reason))


def as_token(token: Token | str) -> Token:
    return Token(token) if isinstance(token, str) else token
