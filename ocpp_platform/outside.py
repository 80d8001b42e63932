"""Asking an address that somebody else has named: only where we may.

A setting lists who may be asked: names, names with a port, addresses and networks;
``*`` is every address of the public internet. Loopback, private and link-local addresses must be
listed by themselves. What was resolved and judged is what is dialled; nothing is followed, and
time and size are bounded.
"""

import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from threading import Event, Timer
from urllib.parse import quote, urlsplit

MOST_BYTES = 65536
OCSP_HOSTS = "OCPP_OCSP_HOSTS"
_PORTS = {"http": 80, "https": 443}
_AS_IT_IS = "%/:=&?~#+!$,;'@()*[]"  # of a path that is an address already
_NAT64 = ip_network("64:ff9b::/96")
Address = IPv4Address | IPv6Address


class NotAllowed(ValueError):
    """The address is none that may be asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    is_tls: bool
    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """The parts of an http or https address; NotAllowed otherwise."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise NotAllowed(f"{url!r} is no address: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise NotAllowed(f"{url!r} is no http or https address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", _dialable(parts.hostname), port, quote(path, _AS_IT_IS))


def _dialable(host: str) -> str:
    """The name as DNS knows it; NotAllowed where none can be so."""
    try:
        return host if ":" in host else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise NotAllowed(f"{host!r} is no name of a host: {error}") from error


def judge(
    target: Target, addresses: Iterable[str], listed: Sequence[str], named: str = OCSP_HOSTS
) -> str:
    """The first address that may be dialled. NotAllowed where none may.

    ``listed``: what the setting ``named`` says.
    """
    names = {target.host.lower(), f"{target.host.lower()}:{target.port}"}
    is_named = any(entry.lower() in names for entry in listed)
    for text in addresses:
        address = ip_address(text.partition("%")[0])
        if is_named or _is_listed(address, target.port, listed):
            return text
    shown = f"{target.host}:{target.port}"
    raise NotAllowed(f"{shown} may not be asked; list it in {named} if it should be")


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    listed: Sequence[str],
    timeout_s: float,
    named: str = OCSP_HOSTS,
) -> bytes:
    """The body of a good answer. NotAllowed, OSError or HTTPException otherwise."""
    target = target_of(url)
    dialled = judge(target, _resolved(target), listed, named)
    with closing(socket.create_connection((dialled, target.port), timeout_s)) as plain:
        line, is_over = [plain], Event()
        clock = Timer(timeout_s, lambda: _cut(line[0], is_over))
        clock.start()
        try:
            answer = _exchange(target, line, body, headers)
        finally:
            clock.cancel()
    if is_over.is_set():
        raise TimeoutError(f"no whole answer within {timeout_s:g} s")
    return answer


def _exchange(
    target: Target, line: list[socket.socket], body: bytes, headers: Mapping[str, str]
) -> bytes:
    """``line``: the socket as it is now, for whoever cuts it off."""
    made = HTTPSConnection if target.is_tls else HTTPConnection
    connection = made(target.host, target.port)
    if target.is_tls:
        context = ssl.create_default_context()
        line[0] = secure = context.wrap_socket(
            line[0], server_hostname=target.host, do_handshake_on_connect=False
        )
        secure.do_handshake()
    connection.sock = line[0]
    with closing(connection):
        connection.request("POST", target.path, body, dict(headers))
        response = connection.getresponse()
        if not 200 <= response.status < 300:
            raise HTTPException(f"HTTP {response.status}")
        answer = response.read(MOST_BYTES + 1)
    if len(answer) > MOST_BYTES:
        raise HTTPException(f"more than {MOST_BYTES} bytes")
    return answer


def _resolved(target: Target) -> list[str]:
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def _is_listed(address: Address, port: int, listed: Sequence[str]) -> bool:
    entries = {entry for entry in listed if entry != "*"}
    if {str(address), f"{address}:{port}", f"[{address}]:{port}"} & entries:
        return True
    if any(address in network for network in _networks(entries)):
        return True
    return "*" in listed and _is_public(address)


def _networks(entries: Iterable[str]) -> Iterator[IPv4Network | IPv6Network]:
    for entry in entries:
        if "/" in entry:
            with suppress(ValueError):
                yield ip_network(entry, strict=False)


def _is_public(address: Address) -> bool:
    """Of the internet, also where an IPv4 address hides in an IPv6 one."""
    if isinstance(address, IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if within is not None:
            return _is_public(within)
        if address in _NAT64:
            return False
    return address.is_global and not address.is_multicast


def _cut(line: socket.socket, is_over: Event) -> None:
    is_over.set()
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
