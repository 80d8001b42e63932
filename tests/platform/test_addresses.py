"""Whose address it is."""

import pytest

from ocpp_platform.addresses import client_of, network_of


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", "198.51.100.1", "192.0.2.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_only_a_trusted_proxy_speaks_for_others(peer: str, forwarded: str, client: str) -> None:
    assert client_of(peer, forwarded, ["127.0.0.1"]) == client


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::"),
        ("unix", "unix"),
    ],
)
def test_a_party_is_an_address_or_a_network_of_its_own(address: str, network: str) -> None:
    assert network_of(address) == network
