"""A response that leaves in pieces, whichever kind of server asks for them."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import cast

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse


class PiecemealResponse(StreamingHttpResponse):
    """Of a plain generator. Under ASGI each piece is made in the request's own thread.

    Django's own class would first collect them all in memory there.
    """

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = cast(Iterator[bytes], self.streaming_content)
        take = sync_to_async(partial(next, pieces, None))
        while (piece := await take()) is not None:
            yield piece
