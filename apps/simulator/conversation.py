"""The `ocpp` package's charge point, with what the specification wants and it lacks.

Known but unhandled actions are NotSupported, unknown ones NotImplemented (the package has
it the other way round); a handler's consequences run after its answer has left; payloads
that break the schema on purpose go through the same socket, unvalidated.
"""

import functools
import json
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from ocpp import exceptions
from ocpp.charge_point import camel_to_snake_case
from ocpp.messages import Call, MessageType
from ocpp.v16.enums import Action as Action16
from ocpp.v201.enums import Action as Action201

from apps.simulator.wire import Message, Payload, Received

if TYPE_CHECKING:
    from ocpp.charge_point import ChargePoint

    from apps.simulator.presence import ConnectedStation
else:
    ChargePoint = object

KNOWN_ACTIONS = {"1.6": set(Action16), "2.0.1": set(Action201)}


class Conversation(ChargePoint):
    """Stands before `ocpp.vXX.ChargePoint` in the bases of each version's client."""

    def __init__(self, station: "ConnectedStation", socket: Any) -> None:
        super().__init__(station.identity, socket, response_timeout=station.call_timeout_s)
        self.station: ConnectedStation = station
        self._consequences: list[Callable[[], Coroutine[Any, Any, Any]]] = []

    def then(self, job: Callable[..., Coroutine[Any, Any, Any]], *args: Any, **named: Any) -> None:
        """Run `job` once the answer being prepared has been sent."""
        self._consequences.append(functools.partial(job, *args, **named))

    async def exchange(self, message: Message, message_id: str) -> Payload:
        """Send and wait for the answer (snake_case); a CALLERROR raises its `OCPPError`."""
        if message.breaks_schema:
            return await self._exchange_raw(message, message_id)
        make = getattr(self._call, message.action)
        request = make(**camel_to_snake_case(message.payload))
        answer = await self.call(request, suppress=False, unique_id=message_id)
        return {name: value for name, value in vars(answer).items() if value is not None}

    async def _exchange_raw(self, message: Message, message_id: str) -> Payload:
        async with self._call_lock:
            await self._send(json.dumps([2, message_id, message.action, message.payload]))
            answer = await self._get_specific_response(message_id, self._response_timeout)
        if answer.message_type_id == MessageType.CallError:
            raise answer.to_exception()
        return dict(camel_to_snake_case(answer.payload))

    async def _handle_call(self, msg: Call) -> None:
        self.station.note_received(
            Received(self.station.clock.now(), msg.unique_id, msg.action, msg.payload)
        )
        if msg.action not in self.route_map:
            self._refuse(msg.action)
        self._consequences.clear()
        try:
            await super()._handle_call(msg)
        except exceptions.FormatViolationError as error:
            if self._ocpp_version != "1.6":
                raise
            raise exceptions.FormationViolationError(details=error.details) from error
        if "accept_and_do_nothing" in self.station.habits:
            return
        for job in self._consequences:
            self.station.background.spawn(job())

    def _refuse(self, action: str) -> None:
        if action in KNOWN_ACTIONS[self._ocpp_version]:
            raise exceptions.NotSupportedError(details={"cause": f"{action} is not supported here"})
        raise exceptions.NotImplementedError(details={"cause": f"{action} is not known"})
