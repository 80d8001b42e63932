"""The display of a simulated 2.0.1 station: it keeps messages and reports them in parts."""

from typing import TYPE_CHECKING, Any

from ocpp.routing import on
from ocpp.v201 import call_result
from ocpp.v201.enums import Action

from apps.simulator import demands
from apps.simulator.conversation import Conversation
from apps.simulator.wire import Message

if TYPE_CHECKING:
    from apps.simulator.v201 import SimStation201

FORMATS = ("ASCII", "UTF8", "URI")
PART = 2
GREETING: dict[str, Any] = {
    "id": 1000,
    "priority": "NormalCycle",
    "state": "Idle",
    "message": {"format": "UTF8", "language": "en", "content": "Welcome. Plug in to charge."},
}
_CAMEL = {"start_date_time": "startDateTime", "end_date_time": "endDateTime",
          "transaction_id": "transactionId"}  # fmt: skip


class Display:
    """Messages by their id, as NotifyDisplayMessages has them; one is its maker's own."""

    def __init__(self) -> None:
        self.messages: dict[int, dict[str, Any]] = {GREETING["id"]: GREETING}

    def show(self, message: dict[str, Any]) -> None:
        self.messages[message["id"]] = {_CAMEL.get(key, key): message[key] for key in message}

    def clear(self, number: int) -> bool:
        """Whether there was such a message."""
        return self.messages.pop(number, None) is not None

    def forget(self, running: set[str]) -> None:
        """Messages of sessions that no longer run go with them."""
        self.messages = {
            number: message
            for number, message in self.messages.items()
            if message.get("transactionId", "") in {"", *running}
        }

    def find(
        self, ids: list[int] | None, priority: str | None, state: str | None
    ) -> list[dict[str, Any]]:
        return [
            message
            for number, message in sorted(self.messages.items())
            if (ids is None or number in ids)
            and priority in (None, message["priority"])
            and state in (None, message.get("state"))
        ]


class DisplayClient(Conversation):
    station: "SimStation201"

    @on(Action.set_display_message)
    def on_set_display_message(
        self, message: dict[str, Any], **_: Any
    ) -> call_result.SetDisplayMessage:
        bound = message.get("transaction_id")
        if message["message"]["format"] not in FORMATS:
            return call_result.SetDisplayMessage("NotSupportedMessageFormat")
        if bound is not None and demands.find_session(self.station, bound) is None:
            return call_result.SetDisplayMessage("UnknownTransaction")
        self.station.display.show(message)
        return call_result.SetDisplayMessage("Accepted")

    @on(Action.get_display_messages)
    def on_get_display_messages(
        self,
        request_id: int,
        id: list[int] | None = None,  # noqa: A002 - the name of the member
        priority: str | None = None,
        state: str | None = None,
        **_: Any,
    ) -> call_result.GetDisplayMessages:
        running = {str(one.transaction_id) for one in self.station.active_sessions}
        self.station.display.forget(running)
        found = self.station.display.find(id, priority, state)
        if not found:
            return call_result.GetDisplayMessages("Unknown")
        self.then(self._report_messages, request_id, found)
        return call_result.GetDisplayMessages("Accepted")

    @on(Action.clear_display_message)
    def on_clear_display_message(
        self,
        id: int,  # noqa: A002 - the name of the member
        **_: Any,
    ) -> call_result.ClearDisplayMessage:
        was_there = self.station.display.clear(id)
        return call_result.ClearDisplayMessage("Accepted" if was_there else "Unknown")

    async def _report_messages(self, request_id: int, found: list[dict[str, Any]]) -> None:
        for first in range(0, len(found), PART):
            part = {
                "requestId": request_id,
                "tbc": first + PART < len(found),
                "messageInfo": found[first : first + PART],
            }
            await self.station.tell(Message("NotifyDisplayMessages", part))
