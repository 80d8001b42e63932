"""The verdict on a handshake, as a table."""

import pytest

from apps.domain.vocabulary import Protocol
from apps.gateway.admission import (
    Admitted,
    Handshake,
    Refused,
    choose,
    credentials_of,
    identity_of,
    judge,
)
from apps.stations.refs import StationRef

OPEN = StationRef(1, 1, 1, "CP1")
SECURED = StationRef(1, 1, 1, "CP1", password_digest="right")
BOTH = ("ocpp1.6", "ocpp2.0.1")


def is_same(given: bytes, kept: str) -> bool:
    return given.decode() == kept


@pytest.mark.parametrize(
    ("ref", "offered", "credentials", "status", "reason"),
    [
        (None, BOTH, None, 404, "unknown_identity"),
        (None, (), (b"CP1", b"right"), 404, "unknown_identity"),
        (SECURED, BOTH, None, 401, "no_credentials"),
        (SECURED, BOTH, (b"CP1", b"wrong"), 401, "wrong_password"),
        (SECURED, BOTH, (b"CP1", b""), 401, "wrong_password"),
        (SECURED, BOTH, (b"cp1", b"right"), 401, "wrong_user"),
        (SECURED, (), (b"CP1", b"wrong"), 401, "wrong_password"),
        (SECURED, (), (b"CP1", b"right"), 400, "no_subprotocol"),
        (OPEN, ("ocpp2.1",), None, 400, "no_subprotocol"),
        (OPEN, (), None, 400, "no_subprotocol"),
    ],
)
def test_who_is_turned_away(
    ref: StationRef | None,
    offered: tuple[str, ...],
    credentials: tuple[bytes, bytes] | None,
    status: int,
    reason: str,
) -> None:
    verdict = judge(Handshake("CP1", offered, credentials), ref, is_same)
    assert isinstance(verdict, Refused)
    assert (verdict.status, verdict.reason) == (status, reason)
    assert verdict.detail


@pytest.mark.parametrize(
    ("ref", "credentials"),
    [(OPEN, None), (OPEN, (b"whoever", b"whatever")), (SECURED, (b"CP1", b"right"))],
)
def test_who_is_let_in(ref: StationRef, credentials: tuple[bytes, bytes] | None) -> None:
    verdict = judge(Handshake("CP1", BOTH, credentials), ref, is_same)
    assert verdict == Admitted(ref, Protocol.OCPP16)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (("ocpp2.0.1", "ocpp1.6"), Protocol.OCPP201),
        (("ocpp1.6", "ocpp2.0.1"), Protocol.OCPP16),
        (("nonsense", "ocpp1.6"), Protocol.OCPP16),
        (("OCPP1.6",), None),
        ((), None),
    ],
)
def test_the_stations_first_choice_that_is_spoken_here(
    offered: tuple[str, ...], chosen: Protocol | None
) -> None:
    assert choose(offered) is chosen


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        (b"/ocpp/CP1", "CP1"),
        (b"/o/CP1", "CP1"),
        (b"/ocpp/CP1/", "CP1"),
        (b"/ocpp/CP1?token=1", "CP1"),
        (b"/ocpp/a%20b", "a b"),
        (b"/ocpp/a%2Fb", "a/b"),
        (b"/ocpp/a%2525", "a%25"),
        (b"/ocpp/Cp1", "Cp1"),
        (b"/ocpp/2.0.1/CP1", "CP1"),
        (b"/ocpp/%ff", "\ufffd"),
        (b"/ocpp/", ""),
        (b"/elsewhere/CP1", ""),
    ],
)
def test_the_identity_in_the_path(path: bytes, identity: str) -> None:
    assert identity_of(path) == identity


@pytest.mark.parametrize(
    ("header", "credentials"),
    [
        (b"Basic Q1AxOnB3", (b"CP1", b"pw")),
        (b"basic Q1AxOnB3", (b"CP1", b"pw")),
        (b"Basic  Q1AxOnB3 ", (b"CP1", b"pw")),
        (b"Basic Q1AxOmE6Yg==", (b"CP1", b"a:b")),
        (b"Basic Q1AxOg==", (b"CP1", b"")),
        (b"Basic Q1Ax", None),
        (b"Basic %%%", None),
        (b"Basic", None),
        (b"Bearer Q1AxOnB3", None),
        (None, None),
    ],
)
def test_the_credentials_in_the_header(
    header: bytes | None, credentials: tuple[bytes, bytes] | None
) -> None:
    assert credentials_of(header) == credentials
