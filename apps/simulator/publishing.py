"""A simulated station that keeps firmware for others, as a local controller does."""

from typing import TYPE_CHECKING, Any

from ocpp.routing import on
from ocpp.v201 import call_result
from ocpp.v201.enums import Action

from apps.simulator.display import DisplayClient
from apps.simulator.wire import Message

if TYPE_CHECKING:
    from apps.simulator.v201 import SimStation201

STEPS = ("Downloading", "Downloaded", "ChecksumVerified")


class PublishingClient(DisplayClient):
    station: "SimStation201"

    @on(Action.publish_firmware)
    def on_publish_firmware(
        self, checksum: str, request_id: int, **_: Any
    ) -> call_result.PublishFirmware:
        self.then(self._publish, checksum, request_id)
        return call_result.PublishFirmware("Accepted")

    @on(Action.unpublish_firmware)
    def on_unpublish_firmware(self, checksum: str, **_: Any) -> call_result.UnpublishFirmware:
        was_there = checksum in self.station.published
        self.station.published.discard(checksum)
        return call_result.UnpublishFirmware("Unpublished" if was_there else "NoFirmware")

    async def _publish(self, checksum: str, request_id: int) -> None:
        for status in STEPS:
            await self._report(request_id, status=status)
            await self.station.clock.pace(5)
        self.station.published.add(checksum)
        await self._report(
            request_id, status="Published", location=[f"http://controller.local/{checksum}"]
        )

    async def _report(self, request_id: int, **told: Any) -> None:
        told["requestId"] = request_id
        await self.station.tell(Message("PublishFirmwareStatusNotification", told))
