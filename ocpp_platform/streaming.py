"""A response that leaves in pieces, whichever kind of server asks for them.

Its first piece is made before the response is, so that what is wrong from the start is an
answer with a status of its own. What fails later breaks the connection: a file that looks whole
is whole.
"""

from collections.abc import AsyncIterator, Generator, Iterator
from functools import partial
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse


class PiecemealResponse(StreamingHttpResponse):
    """Of a plain generator. Under ASGI each piece is made in the request's own thread.

    Django's own class would first collect them all in memory there.
    """

    def __init__(self, pieces: Generator[str, None, None], **how: Any) -> None:
        super().__init__(_begun(next(pieces, ""), pieces), **how)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = cast(Iterator[bytes], self.streaming_content)
        take = sync_to_async(partial(next, pieces, None))
        while (piece := await take()) is not None:
            yield piece


def _begun(first: str, rest: Generator[str, None, None]) -> Iterator[str]:
    yield first
    yield from rest
