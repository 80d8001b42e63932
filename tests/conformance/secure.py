"""Stations of a server of their own: with TLS, with other settings, in their own name."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

from apps.accounts.keys import create_api_key
from apps.accounts.models import Organisation
from tests.conformance.play import Operator, Play
from tests.factories import OFFICE
from tests.gateway.secure import Secure
from tests.servers import register, rows
from tests.wire import Wire

Kind = TypeVar("Kind", bound=Play)


def play_over(
    kind: type[Kind], secure: Secure, network: Organisation, **fields: Any
) -> AbstractAsyncContextManager[Kind]:
    """A station CP1 with these fields, not yet connected; ``connect(shows=…)`` goes over TLS."""

    class Over(kind):  # type: ignore[valid-type,misc]
        async def connect(self, **how: Any) -> Wire:
            self.wire = await secure.dial(self.identity, self.protocol, **how)
            return self.wire

    @asynccontextmanager
    async def playing() -> AsyncIterator[Kind]:
        await rows(lambda: register(network, "CP1", **fields))
        _, secret = await rows(
            lambda: create_api_key(organisation=network, name="suite", actor=OFFICE)
        )
        play = Over(secure.server, Operator(secure.server, secret, "CP1"))
        yield play
        if getattr(play, "wire", None) is not None:
            await play.leave()

    return playing()
