"""Whose address it is: the other end of a connection, or whom a trusted proxy speaks for."""

from collections.abc import Collection
from ipaddress import IPv6Address, ip_address


def client_of(peer: str, forwarded: str, proxies: Collection[str]) -> str:
    """``peer``, or the last address of its ``X-Forwarded-For`` where it is one of ``proxies``."""
    if peer not in proxies:
        return peer
    return forwarded.split(",")[-1].strip() or peer


def network_of(address: str) -> str:
    """What one party has for itself: an IPv4 address, or a /64 of IPv6."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
