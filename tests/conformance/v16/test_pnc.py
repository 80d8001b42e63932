"""Plug & Charge over OCPP 1.6: the station speaks 2.0.1 within DataTransfer, both ways."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from apps.accounts.models import Organisation
from apps.certificates import chain
from apps.certificates.models import InstalledCertificate, IssuedCertificate
from apps.sessions.models import Session
from apps.stations.models import StationNotice
from apps.tokens.services import add_token
from tests.certificates import maker
from tests.certificates.responder import Responder, hash_data, responding
from tests.conformance.play import Play16
from tests.conformance.secure import play_over
from tests.factories import OFFICE
from tests.gateway.secure import Secure, basic, secured
from tests.servers import eventually, rows

VENDOR = "org.openchargealliance.iso15118pnc"
EMAID = "DEAAAC12345678"
ROOT = maker.pem(maker.root("V2G root").certificate)
HASH = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "Ab" * 32,
    "issuerKeyHash": "cD" * 32,
    "serialNumber": "0a1B2c",
}
WORDS = {"v2g_root": "V2GRootCertificate", "mo_root": "MORootCertificate"}


def transfer(message_id: str, data: Any) -> dict[str, Any]:
    text = data if isinstance(data, str) else json.dumps(data)
    return {"vendorId": VENDOR, "messageId": message_id, "data": text}


async def asked(play: Play16, message_id: str, data: Any) -> Any:
    """A question of the station, and the object in the answer's data."""
    answer = await play.ask("DataTransfer", transfer(message_id, data))
    assert answer["status"] == "Accepted", answer
    return json.loads(answer["data"])


async def ordered(play: Play16, message_id: str, answer: Any, name: str, **given: Any) -> Any:
    """A command that reaches the station as ``message_id``; its data, and what we hear."""
    reply = {"status": "Accepted", "data": json.dumps(answer)}
    (heard,), outcome = await play.ordered(name, [("DataTransfer", reply)], **given)
    assert (heard["vendorId"], heard["messageId"]) == (VENDOR, message_id)
    return json.loads(heard["data"]), outcome


@pytest.fixture
def responder(tmp_path: Path) -> Iterator[Responder]:
    with responding(tmp_path) as running:
        yield running


@pytest.fixture
def contracts(state: Path, responder: Responder, transactional_db: None) -> Iterator[Secure]:
    anchors = state / "contract-roots.pem"
    anchors.write_text(maker.pem(responder.root.certificate))
    with secured(state, maker.root(), OCPP_CONTRACT_CA=str(anchors)) as running:
        yield running


@pytest.fixture
async def play(contracts: Secure, network: Organisation) -> AsyncIterator[Play16]:
    """A station whose contracts can be checked; one driver has a contract."""
    await rows(lambda: add_token(organisation_id=network.pk, uid=EMAID, type="eMAID", actor=OFFICE))
    async with play_over(Play16, contracts, network) as playing:
        await playing.connect()
        await playing.booted()
        yield playing


def verdict(answer: Any) -> tuple[str, str]:
    return answer["idTokenInfo"]["status"], answer["certificateStatus"]


async def test_a_contract_is_checked_and_charges(play: Play16, responder: Responder) -> None:
    """The eMAID then goes into the plain StartTransaction."""
    named = hash_data(responder.good.certificate, responder.issuer.certificate)
    data = {
        "idToken": EMAID,
        "iso15118CertificateHashData": [named | {"responderURL": responder.url}],
    }
    assert verdict(await asked(play, "Authorize", data)) == ("Accepted", "Accepted")
    started = await play.start(EMAID)
    assert started["idTagInfo"]["status"] == "Accepted"
    assert (await rows(Session.objects.get)).token_uid == EMAID
    notice = await rows(lambda: StationNotice.objects.get(kind="transfer"))
    assert notice.title == f"{VENDOR} / Authorize: Accepted"


async def test_a_contract_that_is_revoked_or_unverifiable_is_not(
    play: Play16, responder: Responder
) -> None:
    revoked = maker.pem(responder.revoked.certificate, *responder.revoked.chain)
    answer = await asked(play, "Authorize", {"idToken": EMAID, "certificate": revoked})
    assert verdict(answer) == ("Invalid", "CertificateRevoked")
    answer = await asked(play, "Authorize", {"idToken": EMAID, "certificate": "none"})
    assert verdict(answer) == ("Invalid", "CertChainError")
    good = maker.pem(responder.good.certificate, *responder.good.chain)
    stranger = {"idToken": {"idToken": "STRANGER", "type": "eMAID"}, "certificate": good}
    assert verdict(await asked(play, "Authorize", stranger)) == ("Invalid", "ContractCancelled")


async def test_the_state_of_a_certificate_is_passed_on(play: Play16, responder: Responder) -> None:
    named = hash_data(responder.good.certificate, responder.issuer.certificate)
    data = {"ocspRequestData": named | {"responderURL": responder.url}}
    answer = await asked(play, "GetCertificateStatus", data)
    assert answer["status"] == "Accepted"
    assert answer["ocspResult"]
    data = {"ocspRequestData": named | {"responderURL": "http://127.0.0.1:9/"}}
    assert await asked(play, "GetCertificateStatus", data) == {"status": "Failed"}


async def test_a_vehicle_without_a_service_gets_no_certificate(v16: Play16) -> None:
    await v16.booted()
    data = {"iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef", "exiRequest": "AA=="}
    answer = await asked(v16, "Get15118EVCertificate", data)
    assert answer == {"status": "Failed", "exiResponse": ""}


async def test_a_v2g_certificate_is_renewed(secure: Secure, network: Organisation) -> None:
    """Triggered, requested, signed and sent: all within transfers."""
    station = {"password": "00112233445566778899", "security_profile": 2, "serial_number": "SN-16"}
    async with play_over(Play16, secure, network, **station) as play:
        await play.connect(**basic("CP1", station["password"]))
        await play.booted()
        heard, outcome = await ordered(
            play, "TriggerMessage", {"status": "Accepted"}, "renew_certificate", kind="v2g"
        )
        assert heard == {"requestedMessage": "SignV2GCertificate"}
        assert outcome["status"] == "accepted"
        csr = maker.request("SN-16", maker.ec_key())
        assert await asked(play, "SignCertificate", {"csr": csr}) == {"status": "Accepted"}
        reply = {"status": "Accepted", "data": json.dumps({"status": "Accepted"})}
        told = await play.answered("DataTransfer", reply)
        assert (told["vendorId"], told["messageId"]) == (VENDOR, "CertificateSigned")
        sent = json.loads(told["data"])
        assert sent["certificateType"] == "V2GCertificate"
        leaf = chain.read_pem(sent["certificateChain"])[0]
        assert chain.key_of(leaf) == chain.key_of(x509.load_pem_x509_csr(csr.encode()))
        record = await eventually(lambda: IssuedCertificate.objects.get(is_accepted=True))
        assert record.kind == "v2g"


async def test_a_request_that_cannot_be_signed_is_refused_within(v16: Play16) -> None:
    await v16.booted()
    answer = await asked(v16, "SignCertificate", {"csr": "no request"})
    assert answer == {"status": "Rejected"}


@pytest.mark.parametrize("kind", list(WORDS))
@pytest.mark.parametrize("status", ["Accepted", "Rejected"])
async def test_roots_of_vehicles_are_installed(v16: Play16, kind: str, status: str) -> None:
    await v16.booted()
    heard, outcome = await ordered(
        v16, "InstallCertificate", {"status": status}, "install_certificate", kind=kind,
        certificate=ROOT,
    )  # fmt: skip
    assert heard == {"certificateType": WORDS[kind], "certificate": ROOT}
    assert outcome["state"] == ("confirmed" if status == "Accepted" else "rejected")


async def test_what_is_installed_is_read_and_deleted(v16: Play16) -> None:
    await v16.booted()
    child = HASH | {"serialNumber": "07"}
    found = {"certificateType": "V2GCertificateChain", "certificateHashData": HASH,
             "childCertificateHashData": [child]}  # fmt: skip
    heard, _ = await ordered(
        v16, "GetInstalledCertificateIds",
        {"status": "Accepted", "certificateHashDataChain": [found]},
        "get_installed_certificates", kinds=["v2g_chain"],
    )  # fmt: skip
    assert heard == {"certificateType": ["V2GCertificateChain"]}
    kept = await rows(InstalledCertificate.objects.get)
    assert (kept.kind, kept.issuer_key_hash) == ("v2g_chain", HASH["issuerKeyHash"])
    heard, outcome = await ordered(
        v16, "DeleteCertificate", {"status": "Accepted"}, "delete_certificate", kind="v2g_chain",
        hash_algorithm="SHA256", issuer_name_hash=HASH["issuerNameHash"],
        issuer_key_hash=HASH["issuerKeyHash"], serial_number=HASH["serialNumber"],
    )  # fmt: skip
    assert heard == {"certificateHashData": HASH}
    assert outcome["state"] == "confirmed"
    assert not await rows(InstalledCertificate.objects.exists)


async def test_our_own_roots_keep_their_own_message(v16: Play16) -> None:
    await v16.booted()
    heard, _ = await v16.ordered(
        "install_certificate", [("InstallCertificate", {"status": "Accepted"})],
        kind="csms_root", certificate=ROOT,
    )  # fmt: skip
    assert heard == [{"certificateType": "CentralSystemRootCertificate", "certificate": ROOT}]


@pytest.mark.parametrize(
    ("reply", "detail"),
    [
        ({"status": "UnknownVendorId"}, "UnknownVendorId"),
        ({"status": "Rejected"}, "Rejected"),
        ({"status": "Accepted"}, "the data is no JSON object"),
        ({"status": "Accepted", "data": '{"status":"Failed"}'}, "Failed"),
    ],
    ids=str,
)
async def test_a_station_without_plug_and_charge_says_no(
    v16: Play16, reply: dict[str, str], detail: str
) -> None:
    await v16.booted()
    _, outcome = await v16.ordered(
        "install_certificate", [("DataTransfer", reply)], kind="mo_root", certificate=ROOT
    )
    assert (outcome["state"], outcome["detail"]) == ("rejected", detail)


@pytest.mark.parametrize(
    ("message_id", "data", "status", "why"),
    [
        ("TriggerMessage", "{}", "UnknownMessageId", ""),
        ("Authorize", "{nonsense", "Rejected", "the data is no JSON"),
        ("Authorize", "[]", "Rejected", "the data is no JSON object"),
        ("Authorize", "{}", "Rejected", "Authorize"),
        ("SignCertificate", '{"csr": 7}', "Rejected", "SignCertificate/csr"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_reason_that_is_kept(
    v16: Play16, message_id: str, data: str, status: str, why: str
) -> None:
    await v16.booted()
    answer = await v16.ask("DataTransfer", transfer(message_id, data))
    assert answer == {"status": status}
    notice = await rows(lambda: StationNotice.objects.get(kind="transfer"))
    assert notice.title == f"{VENDOR} / {message_id}: {status}"
    assert notice.detail.startswith(why)
