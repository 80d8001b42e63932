"""The verdict on a handshake, as a table."""

from dataclasses import replace

import pytest

from apps.batch.refs import StationRef
from apps.domain.vocabulary import Protocol
from apps.gateway.admission import (
    Admitted,
    ClientCertificate,
    Handshake,
    Refused,
    astray,
    choose,
    credentials_of,
    judge,
    judge_renewal,
    names_of,
)

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
        (SECURED, BOTH, (b"CP2", b"right"), 401, "wrong_user"),
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
    assert verdict == Admitted(ref, Protocol.OCPP16, 1 if ref is SECURED else 0)


@pytest.mark.parametrize("offered", [(), ("ocpp2.1",), ("OCPP1.6",)])
def test_who_offers_nothing_is_let_in_where_a_protocol_is_assumed(
    offered: tuple[str, ...],
) -> None:
    ref = replace(OPEN, assumed_protocol="ocpp1.6")
    verdict = judge(Handshake("CP1", offered, None), ref, is_same)
    assert verdict == Admitted(ref, Protocol.OCPP16, 0, is_protocol_assumed=True)
    assert judge(Handshake("CP1", ("ocpp2.0.1",), None), ref, is_same).protocol == "ocpp2.0.1"


GOOD = ClientCertificate(frozenset({"SN-1"}), organisation="Grid AG")
PASSWORD = (b"CP1", b"right")


@pytest.mark.parametrize(
    ("profile", "digest", "is_tls", "shown", "credentials", "result"),
    [
        (1, "right", False, None, PASSWORD, 1),
        (1, "right", True, None, PASSWORD, 2),
        (1, "right", True, GOOD, None, 3),
        (1, "", False, None, None, "no_password"),
        (2, "right", False, None, PASSWORD, "tls_required"),
        (2, "right", True, None, PASSWORD, 2),
        (2, "right", True, None, None, "no_credentials"),
        (2, "right", True, replace(GOOD, problem="expired"), PASSWORD, 2),
        (2, "right", True, GOOD, None, 3),
        (3, "right", False, None, PASSWORD, "tls_required"),
        (3, "right", False, GOOD, PASSWORD, "tls_required"),
        (3, "right", True, None, PASSWORD, "no_certificate"),
        (3, "", True, GOOD, None, 3),
        (3, "", True, replace(GOOD, names=frozenset({"CP1"})), None, 3),
        (3, "", True, replace(GOOD, names=frozenset({"cp1", ""})), None, "certificate_name"),
        (3, "", True, replace(GOOD, organisation="Other"), None, "certificate_owner"),
        (3, "", True, replace(GOOD, problem="expired"), None, "certificate_expired"),
        (3, "", True, replace(GOOD, problem="untrusted"), None, "certificate_untrusted"),
        (3, "right", True, replace(GOOD, problem="revoked"), PASSWORD, "certificate_revoked"),
        (0, "", True, None, None, 0),
    ],
)
def test_what_a_handshake_must_prove(
    profile: int,
    digest: str,
    is_tls: bool,
    shown: ClientCertificate | None,
    credentials: tuple[bytes, bytes] | None,
    result: int | str,
) -> None:
    ref = replace(OPEN, security_profile=profile, password_digest=digest, serial_number="SN-1")
    handshake = Handshake("CP1", BOTH, credentials, is_tls=is_tls, certificate=shown)
    verdict = judge(handshake, ref, is_same, "Grid")
    found = verdict.reason if isinstance(verdict, Refused) else verdict.profile
    assert found == result


ENDED = replace(GOOD, problem="expired", was_good=True)


@pytest.mark.parametrize(
    ("shown", "is_tls", "comes_in"),
    [
        (ENDED, True, True),
        (replace(GOOD, organisation="Maker"), True, True),
        (replace(ENDED, organisation="Maker"), True, True),
        (ENDED, False, False),
        (None, True, False),
        (replace(ENDED, was_good=False), True, False),
        (replace(ENDED, names=frozenset({"SN-2"})), True, False),
        (replace(GOOD, problem="revoked"), True, False),
        (replace(GOOD, problem="untrusted"), True, False),
        (replace(GOOD, names=frozenset({"SN-2"}), organisation="Maker"), True, False),
    ],
)
def test_who_comes_in_to_renew_its_certificate(
    shown: ClientCertificate | None, is_tls: bool, comes_in: bool
) -> None:
    ref = replace(OPEN, security_profile=3, serial_number="SN-1")
    handshake = Handshake("CP1", BOTH, None, is_tls=is_tls, certificate=shown)
    refused = judge(handshake, ref, is_same, "Grid")
    assert isinstance(refused, Refused)
    verdict = judge_renewal(handshake, ref, refused)
    assert isinstance(verdict, Admitted) is comes_in
    if isinstance(verdict, Admitted):
        assert (verdict.profile, verdict.must_renew) == (3, refused.detail)


@pytest.mark.parametrize(
    ("profile", "digest", "is_tls", "credentials", "result"),
    [
        (1, "right", False, (b"CP1", b"new"), (1, True)),
        (1, "right", False, (b"CP1", b"right"), (1, False)),
        (2, "right", True, (b"CP1", b"new"), (2, True)),
        (1, "", False, (b"CP1", b"new"), (1, True)),
        (0, "", False, None, (0, False)),
        (1, "right", False, (b"CP1", b"old"), "wrong_password"),
        (1, "right", False, (b"CP2", b"new"), "wrong_user"),
        (2, "right", False, (b"CP1", b"new"), "tls_required"),
        (3, "right", True, (b"CP1", b"new"), "no_certificate"),
    ],
)
def test_a_password_that_was_sent_and_not_confirmed_counts_too(
    profile: int,
    digest: str,
    is_tls: bool,
    credentials: tuple[bytes, bytes] | None,
    result: tuple[int, bool] | str,
) -> None:
    ref = replace(OPEN, security_profile=profile, password_digest=digest, pending_digest="new")
    verdict = judge(Handshake("CP1", BOTH, credentials, is_tls=is_tls), ref, is_same)
    if isinstance(verdict, Refused):
        assert verdict.reason == result
    else:
        assert (verdict.profile, verdict.has_new_password) == result


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
    ("path", "names"),
    [
        (b"/ocpp/CP1", ("CP1",)),
        (b"/o/CP1", ("CP1",)),
        (b"/ocpp/CP1/", ("CP1",)),
        (b"/ocpp/CP1//", ("CP1",)),
        (b"/ocpp/CP1?token=1", ("CP1",)),
        (b"/ocpp/a%20b", ("a b",)),
        (b"/ocpp/a%2Fb", ("a/b", "b")),
        (b"/ocpp/a%2525", ("a%25", "a%")),
        (b"/ocpp/Cp1", ("Cp1",)),
        (b"/ocpp/%20CP1%20", (" CP1 ", "CP1")),
        (b"/ocpp/2.0.1/CP1", ("CP1",)),
        (b"/ocpp/CP1/ocpp/CP1", ("CP1",)),
        (b"/ocpp/ws://host/ocpp/CP1", ("CP1",)),
        (b"/ocpp/ws%3A%2F%2Fhost%2FCP1", ("ws://host/CP1", "CP1")),
        (b"/ocpp/CP1/2", ("2", "CP1")),
        (b"/ocpp/%ff", ("\ufffd",)),
        (b"/ocpp/", ()),
        (b"/elsewhere/CP1", ("CP1",)),
        (b"/OCPP/CP1", ("CP1",)),
        (b"/CP1?token=1", ("CP1",)),
        (b"/", ()),
        (b"/ocpp", ()),
        (b"/a%3Ab", ()),
    ],
)
def test_the_identity_in_the_path_and_what_else_it_may_mean(
    path: bytes, names: tuple[str, ...]
) -> None:
    assert names_of(path) == names


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (b"/ocpp/CP1", ""),
        (b"/o/CP1?x=/y", ""),
        (b"/ocpp/", "/ocpp/"),
        (b"/ocpp", "/ocpp"),
        (b"/OCPP/CP1", "/OCPP/CP1"),
        (b"/steve/CP1?password=secret", "/steve/CP1"),
        (b"/\xff", "/\\xff"),
        (b"/" + b"x" * 500, "/" + "x" * 119 + "…"),
    ],
)
def test_an_address_that_leads_nowhere_is_shown_without_its_query(path: bytes, shown: str) -> None:
    assert astray(path) == shown


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
