"""A server that speaks TLS, and stations that come to it with passwords and certificates."""

import base64
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.certificates import maker
from tests.certificates.maker import Signed
from tests.servers import all_gone, server_environment
from tests.throwaway import Platform, free_port, platform
from tests.wire import Wire, dial


@dataclass
class Secure:
    """The server, its TLS port, and the folder for what is shown to it."""

    server: Platform
    port: int
    folder: Path
    roots: Signed

    @property
    def ocpp(self) -> str:
        return f"wss://127.0.0.1:{self.port}/ocpp"

    def certificates(self, kind: str) -> str:
        """The file of one of the server's own authorities: its certificates, PEM."""
        name = {"station": "authority.pem", "v2g": "v2g.pem"}[kind]
        return (Path(self.server.env["VAR"]) / "pki" / name).read_text()

    async def dial(
        self,
        identity: str,
        protocol: str = "ocpp2.0.1",
        *,
        shows: Signed | str | None = None,
        is_plain: bool = False,
        **how: Any,
    ) -> Wire:
        """Open a socket; ``shows``: the client certificate, or the PEM text of chain and key."""
        if is_plain:
            return await dial(self.server.ocpp, identity, protocol, **how)
        return await dial(self.ocpp, identity, protocol, **({"ssl": self.context(shows)} | how))

    def context(self, shows: Signed | str | None = None) -> ssl.SSLContext:
        """A client that trusts our server and shows this."""
        context = ssl.create_default_context(cadata=maker.pem(self.roots.certificate))
        if shows is not None:
            path = self.folder / f"client-{free_port()}.pem"
            text = shows if isinstance(shows, str) else None
            if text is None:
                text = maker.pem(shows.certificate, *shows.chain, shows.key)
            path.write_text(text)
            context.load_cert_chain(path)
        return context


@contextmanager
def secured(state: Path, roots: Signed, **more: str) -> Iterator[Secure]:
    """Our server with an RSA and an ECDSA certificate side by side."""
    port = free_port()
    below = roots.sign("Test servers", is_authority=True)
    both = [
        below.sign("localhost", key=key, host="127.0.0.1").file(state, name)
        for key, name in ((maker.rsa_key(), "server-rsa"), (maker.ec_key(), "server-ec"))
    ]
    anchors = state / "roots.pem"
    anchors.write_text(maker.pem(roots.certificate))
    given = {
        "OCPP_TLS_PORT": str(port),
        "OCPP_TLS_CERTIFICATES": ",".join(map(str, both)),
        "OCPP_TLS_CLIENT_CA": str(anchors),
    }
    with platform(state, **server_environment(**(given | more))) as server:
        yield Secure(server, port, state, roots)


@pytest.fixture(scope="session")
def roots() -> Signed:
    """The authority of the server's certificates, and of good clients."""
    return maker.root()


@pytest.fixture(scope="session")
def _secured(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, roots: Signed
) -> Iterator[Secure]:
    with secured(tmp_path_factory.mktemp("secure"), roots) as running:
        yield running


@pytest.fixture
async def secure(_secured: Secure, transactional_db: None) -> AsyncIterator[Secure]:
    """Our TLS server on the test database; it has let go of all stations at the end."""
    yield _secured
    await all_gone()


def basic(user: str, password: str | bytes) -> dict[str, Any]:
    """The header of HTTP Basic, for ``dial``."""
    secret = password if isinstance(password, bytes) else password.encode()
    credentials = base64.b64encode(user.encode() + b":" + secret).decode()
    return {"additional_headers": {"Authorization": f"Basic {credentials}"}}
