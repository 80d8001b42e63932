"""C_50 to C_52: contract certificates, with OpenSSL's OCSP responder behind them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.tokens.services import add_token
from tests.certificates import maker
from tests.certificates.maker import Signed
from tests.certificates.responder import Responder, hash_data, responding
from tests.conformance.play import Play201
from tests.conformance.secure import play_over
from tests.factories import OFFICE
from tests.gateway.secure import Secure, secured
from tests.servers import rows

EMAID = {"idToken": "DEAAAC12345678", "type": "eMAID"}


@pytest.fixture
def responder(tmp_path: Path) -> Iterator[Responder]:
    with responding(tmp_path) as running:
        yield running


@pytest.fixture
def secure(state: Path, responder: Responder, transactional_db: None) -> Iterator[Secure]:
    anchors = state / "contract-roots.pem"
    anchors.write_text(maker.pem(responder.root.certificate))
    with secured(state, maker.root(), OCPP_CONTRACT_CA=str(anchors)) as running:
        yield running


@pytest.fixture
def unsure(state: Path, responder: Responder, transactional_db: None) -> Iterator[Secure]:
    """A platform that was told of no roots of contracts."""
    with secured(state, maker.root()) as running:
        yield running


@pytest.fixture
async def play(secure: Secure, network: Organisation) -> AsyncIterator[Play201]:
    await rows(
        lambda: add_token(
            organisation_id=network.pk, uid=EMAID["idToken"], type="eMAID", actor=OFFICE
        )
    )
    async with play_over(Play201, secure, network) as playing:
        await playing.connect()
        await playing.booted()
        yield playing


def hashes_of(contract: Signed, responder: Responder) -> list[dict[str, Any]]:
    named = hash_data(contract.certificate, responder.issuer.certificate)
    return [named | {"responderURL": responder.url}]


def pem_of(contract: Signed) -> str:
    return maker.pem(contract.certificate, *contract.chain)


def verdict(answer: Any) -> tuple[str, str]:
    return answer["idTokenInfo"]["status"], answer["certificateStatus"]


async def test_tc_c_50_csms(play: Play201, responder: Responder) -> None:
    named = hashes_of(responder.good, responder)
    answer = await play.authorize(EMAID, iso15118CertificateHashData=named)
    assert verdict(answer) == ("Accepted", "Accepted")
    started = await play.event("Started", "Authorized", "EVConnected", evse=1, token=EMAID)
    assert started["idTokenInfo"]["status"] == "Accepted"


async def test_tc_c_51_csms(play: Play201, responder: Responder) -> None:
    named = hashes_of(responder.revoked, responder)
    answer = await play.authorize(EMAID, iso15118CertificateHashData=named)
    assert verdict(answer) == ("Invalid", "CertificateRevoked")
    answer = await play.authorize(EMAID, certificate=pem_of(responder.revoked))
    assert verdict(answer) == ("Invalid", "CertificateRevoked")


async def test_tc_c_52_csms(play: Play201, responder: Responder) -> None:
    answer = await play.authorize(EMAID, certificate=pem_of(responder.good))
    assert verdict(answer) == ("Accepted", "Accepted")


async def test_what_cannot_be_verified_is_refused(play: Play201, responder: Responder) -> None:
    unknown = maker.root().sign("DE-AAA-1", ocsp_url=responder.url)
    unlisted = responder.issuer.sign("DE-AAA-9", ocsp_url=responder.url)
    silent = responder.issuer.sign("DE-AAA-1")
    for contract in (unknown, unlisted, silent):
        answer = await play.authorize(EMAID, certificate=pem_of(contract))
        assert verdict(answer) == ("Invalid", "CertChainError")
    answer = await play.authorize(EMAID, certificate="no certificate")
    assert verdict(answer) == ("Invalid", "CertChainError")
    away = hashes_of(responder.good, responder)[0] | {"responderURL": "http://127.0.0.1:9/"}
    answer = await play.authorize(EMAID, iso15118CertificateHashData=[away])
    assert verdict(answer) == ("Invalid", "CertChainError")


async def test_the_states_of_contract_and_token_meet(
    play: Play201, responder: Responder, network: Organisation
) -> None:
    expired = responder.issuer.sign("DE-AAA-1", ends_in=-maker.DAY, ocsp_url=responder.url)
    answer = await play.authorize(EMAID, certificate=pem_of(expired))
    assert verdict(answer) == ("Expired", "CertificateExpired")
    await rows(
        lambda: add_token(
            organisation_id=network.pk, uid="BLOCKED1", type="eMAID", status="blocked", actor=OFFICE
        )
    )
    for uid, status in (("BLOCKED1", "Blocked"), ("STRANGER", "Unknown")):
        token = {"idToken": uid, "type": "eMAID"}
        answer = await play.authorize(token, certificate=pem_of(responder.good))
        assert answer["certificateStatus"] == "ContractCancelled"
        assert answer["idTokenInfo"]["status"] in {status, "Invalid"}


@pytest.mark.parametrize("kind", ["MORootCertificate", "CSMSRootCertificate"])
async def test_a_root_that_is_put_into_a_station_is_trusted_for_contracts(
    unsure: Secure, network: Organisation, responder: Responder, kind: str
) -> None:
    await rows(
        lambda: add_token(
            organisation_id=network.pk, uid=EMAID["idToken"], type="eMAID", actor=OFFICE
        )
    )
    async with play_over(Play201, unsure, network) as play:
        await play.connect()
        await play.booted()
        shown = {"certificate": pem_of(responder.good)}
        assert verdict(await play.authorize(EMAID, **shown)) == ("Invalid", "CertChainError")
        root = maker.pem(responder.root.certificate)
        call = {"certificateType": kind, "certificate": root}
        await play.told("InstallCertificate", call, {"status": "Rejected"})
        assert verdict(await play.authorize(EMAID, **shown))[1] == "CertChainError"
        await play.told("InstallCertificate", call, {"status": "Accepted"})
        is_of_contracts = kind == "MORootCertificate"
        expected = ("Accepted", "Accepted") if is_of_contracts else ("Invalid", "CertChainError")
        assert verdict(await play.authorize(EMAID, **shown)) == expected
