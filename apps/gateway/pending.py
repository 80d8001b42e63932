"""The one call that a connection may have outstanding (R-06), and its answer."""

import asyncio
from collections.abc import Awaitable, Callable

from apps.protocol.frames import CallError, CallResult, Malformed

Response = CallResult | CallError | Malformed


class LinkLost(Exception):
    """The socket closed before the station answered."""


class NeverSent(Exception):
    """The socket closed before the call went out."""


class Pending:
    """``ask`` waits for the answer to one message id; late answers find nobody."""

    def __init__(self) -> None:
        self._message_id = ""
        self._future: asyncio.Future[Response] | None = None
        self.is_lost = False

    async def ask(
        self, message_id: str, timeout_s: float, send: Callable[[], Awaitable[None]]
    ) -> Response:
        """The station's response to what ``send`` sends.

        TimeoutError; LinkLost when the socket closes, NeverSent when it is closed already.
        """
        if self.is_lost:
            raise NeverSent
        self._message_id = message_id
        self._future = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_s):
                await _sent(send)
                return await self._future
        finally:
            self._future = None

    def settle(self, response: Response) -> bool:
        """Whether ``response`` answers the outstanding call."""
        future = self._future
        if future is None or future.done() or response.message_id != self._message_id:
            return False
        future.set_result(response)
        return True

    def fail(self) -> None:
        """The socket is closed: nobody will answer any more."""
        self.is_lost = True
        if self._future is not None and not self._future.done():
            self._future.set_exception(LinkLost())


async def _sent(send: Callable[[], Awaitable[None]]) -> None:
    """NeverSent where the socket takes nothing: a server says so by OSError or RuntimeError."""
    try:
        await send()
    except (OSError, RuntimeError) as error:
        raise NeverSent from error
