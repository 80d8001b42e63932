"""A response that leaves in pieces, whichever kind of server asks for them.

Its first piece is made before the response is, so that what is wrong from the start is an
answer with a status of its own. What fails later breaks the connection: a file that looks whole
is whole. Between its pieces a response lets other requests of the process go first, for they
share one interpreter with it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextvars import ContextVar
from functools import partial
from itertools import chain
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase

COURTESY_S, GLANCE_S = 0.1, 0.005
Application = Callable[[Any, Any, Any], Awaitable[None]]

_answering: set[object] = set()
_mine: ContextVar[object] = ContextVar("_mine", default=None)


def attended(application: Application) -> Application:
    """``application``, whose requests are known while they are answered."""

    async def attend(scope: Any, receive: Any, send: Any) -> None:
        request = object()
        _mine.set(request)
        _answering.add(request)
        try:
            await application(scope, receive, send)
        finally:
            _answering.discard(request)

    return attend


class Handler(ASGIHandler):
    """Closes what fails while it is sent, too; Django's own closes what it has sent.

    It is at its close that a request's connection to the database goes back to the pool.
    """

    async def send_response(self, response: HttpResponseBase, send: Any) -> None:
        try:
            await super().send_response(response, send)
        except Exception:
            await sync_to_async(response.close)()
            raise


class PiecemealResponse(StreamingHttpResponse):
    """Of a plain generator. Under ASGI each piece is made in the request's own thread.

    Django's own class would first collect them all in memory there.
    """

    def __init__(self, pieces: Generator[str, None, None], **how: Any) -> None:
        super().__init__(chain([next(pieces, "")], pieces), **how)
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = cast(Iterator[bytes], self.streaming_content)
        take = sync_to_async(partial(next, pieces, None))
        _answering.discard(_mine.get())
        while (piece := await take()) is not None:
            yield piece
            await _others_first()

    def close(self) -> None:
        try:
            self._pieces.close()
        finally:
            super().close()


async def _others_first() -> None:
    """Wait while others are answered, but not for ever."""
    for _ in range(round(COURTESY_S / GLANCE_S)):
        if not _answering:
            return
        await asyncio.sleep(GLANCE_S)
