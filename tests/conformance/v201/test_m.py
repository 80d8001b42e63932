"""M: certificates in the station, OCSP and the vehicle's certificate."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import ocsp

from apps.accounts.models import Organisation
from apps.certificates.models import InstalledCertificate
from apps.journal.models import Message
from tests.certificates import maker
from tests.certificates.responder import Responder, hash_data, responding
from tests.conformance.play import Play201
from tests.conformance.secure import play_over
from tests.conformance.shown import shown, tab
from tests.gateway.secure import Secure, secured
from tests.servers import rows

HASHES = ("SHA256", "SHA384", "SHA512")
ROOT = maker.pem(maker.root("Some root").certificate)
WORDS = {
    "csms_root": "CSMSRootCertificate",
    "manufacturer_root": "ManufacturerRootCertificate",
    "v2g_root": "V2GRootCertificate",
    "mo_root": "MORootCertificate",
    "v2g_chain": "V2GCertificateChain",
}


def named(algorithm: str, serial: str = "0a1B2c") -> dict[str, str]:
    length = int(algorithm[3:]) // 4
    return {
        "hashAlgorithm": algorithm,
        "issuerNameHash": "Ab" * (length // 2),
        "issuerKeyHash": "cD" * (length // 2),
        "serialNumber": serial,
    }


async def install(play: Play201, kind: str, status: str = "Accepted") -> Any:
    """What reached the station, and the state of the command."""
    await play.booted()
    heard, outcome = await play.ordered(
        "install_certificate",
        [("InstallCertificate", {"status": status})],
        kind=kind,
        certificate=ROOT,
    )
    assert heard == [{"certificateType": WORDS[kind], "certificate": ROOT}]
    page = await shown(f"/commands/{outcome['id']}/")
    assert ("Confirmed" if status == "Accepted" else "Rejected") in page
    kept = await rows(lambda: Message.objects.get(action="InstallCertificate"))
    assert (kept.direction, json.loads(kept.answer)) == ("out", {"status": status})
    return outcome


async def ask_installed(play: Play201, kinds: list[str], answer: dict[str, Any]) -> Any:
    heard, outcome = await play.ordered(
        "get_installed_certificates", [("GetInstalledCertificateIds", answer)], kinds=kinds
    )
    assert heard == [{"certificateType": [WORDS[k] for k in kinds]} if kinds else {}]
    return outcome


def found(*chains: tuple[str, dict[str, str]], **more: Any) -> dict[str, Any]:
    return {
        "status": "Accepted",
        "certificateHashDataChain": [
            {"certificateType": WORDS[kind], "certificateHashData": data, **more}
            for kind, data in chains
        ],
    }


async def stored() -> list[tuple[str, str, str]]:
    fields = ("kind", "hash_algorithm", "issuer_name_hash")
    return await rows(lambda: list(InstalledCertificate.objects.values_list(*fields)))


async def reports(play: Play201, kind: str) -> None:
    """The station reports one certificate of ``kind`` in each algorithm; each is kept."""
    await play.booted()
    children = [named("SHA256", "2")] if kind == "v2g_chain" else []
    more = {"childCertificateHashData": children} if children else {}
    for algorithm in HASHES:
        data = named(algorithm)
        outcome = await ask_installed(play, [kind], found((kind, data), **more))
        assert outcome["status"] == "accepted"
        assert await stored() == [(kind, algorithm, data["issuerNameHash"])]
        page = await tab("security")
        assert all(word in page for word in (algorithm, data["serialNumber"]))
    kept = await rows(InstalledCertificate.objects.get)
    assert len(kept.children) == len(children)


async def test_tc_m_01_csms(v201: Play201) -> None:
    assert (await install(v201, "csms_root"))["status"] == "accepted"


async def test_tc_m_02_csms(v201: Play201) -> None:
    assert (await install(v201, "manufacturer_root"))["status"] == "accepted"


async def test_tc_m_03_csms(v201: Play201) -> None:
    assert (await install(v201, "v2g_root"))["status"] == "accepted"


async def test_tc_m_04_csms(v201: Play201) -> None:
    assert (await install(v201, "mo_root"))["status"] == "accepted"


async def test_tc_m_05_csms(v201: Play201) -> None:
    outcome = await install(v201, "csms_root", "Failed")
    assert outcome["status"] == "rejected"
    assert outcome["response"] == {"status": "Failed"}


async def test_tc_m_12_csms(v201: Play201) -> None:
    await reports(v201, "csms_root")


async def test_tc_m_13_csms(v201: Play201) -> None:
    await reports(v201, "manufacturer_root")


async def test_tc_m_14_csms(v201: Play201) -> None:
    await reports(v201, "v2g_root")


async def test_tc_m_15_csms(v201: Play201) -> None:
    await reports(v201, "v2g_chain")


async def test_tc_m_16_csms(v201: Play201) -> None:
    await reports(v201, "mo_root")


async def test_tc_m_17_csms(v201: Play201) -> None:
    await v201.booted()
    both = ("csms_root", named("SHA256")), ("manufacturer_root", named("SHA256", "2"))
    await ask_installed(v201, ["csms_root", "manufacturer_root"], found(*both))
    assert {kind for kind, _, _ in await stored()} == {"csms_root", "manufacturer_root"}


async def test_tc_m_18_csms(v201: Play201) -> None:
    await v201.booted()
    everything = tuple((kind, named("SHA256", f"{i}")) for i, kind in enumerate(WORDS))
    await ask_installed(v201, [], found(*everything))
    assert {kind for kind, _, _ in await stored()} == set(WORDS)
    page = await tab("security")
    assert all(f">{i}</td>" in page for i in range(len(WORDS)))


async def test_tc_m_19_csms(v201: Play201) -> None:
    await v201.booted()
    await ask_installed(v201, ["csms_root"], found(("csms_root", named("SHA256"))))
    outcome = await ask_installed(v201, ["csms_root"], {"status": "NotFound"})
    assert outcome["response"] == {"status": "NotFound"}
    assert await stored() == []
    assert "Not read yet, or none." in await tab("security")


async def delete(play: Play201, data: dict[str, str], status: str) -> Any:
    known = await rows(InstalledCertificate.objects.get)
    named_as = ("hash_algorithm", "issuer_name_hash", "issuer_key_hash", "serial_number")
    heard, outcome = await play.ordered(
        "delete_certificate",
        [("DeleteCertificate", {"status": status})],
        **{name: getattr(known, name) for name in named_as},
    )
    assert heard == [{"certificateHashData": data}]
    return outcome


@pytest.mark.parametrize("algorithm", HASHES)
async def test_tc_m_20_csms(v201: Play201, algorithm: str) -> None:
    await v201.booted()
    data = named(algorithm)
    await ask_installed(v201, ["csms_root"], found(("csms_root", data)))
    assert data["serialNumber"] in await tab("security")
    assert (await delete(v201, data, "Accepted"))["status"] == "accepted"
    assert await stored() == []
    assert data["serialNumber"] not in await tab("security")


async def test_tc_m_21_csms(v201: Play201) -> None:
    await v201.booted()
    data = named("SHA256")
    await ask_installed(v201, ["csms_root"], found(("csms_root", data)))
    assert (await delete(v201, data, "Failed"))["status"] == "rejected"
    assert len(await stored()) == 1
    assert data["serialNumber"] in await tab("security")


@pytest.mark.parametrize("algorithm", HASHES)
async def test_tc_m_24_csms(v201: Play201, responder: Responder, algorithm: str) -> None:
    await v201.booted()
    good = responder.good
    asked = hash_data(good.certificate, responder.issuer.certificate, algorithm)
    request = {"ocspRequestData": asked | {"responderURL": responder.url}}
    answer = await v201.ask("GetCertificateStatus", request)
    assert answer["status"] == "Accepted"
    told = ocsp.load_der_ocsp_response(base64.b64decode(answer["ocspResult"], validate=True))
    assert told.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert told.serial_number == good.certificate.serial_number
    kept = await rows(lambda: Message.objects.get(action="GetCertificateStatus"))
    assert json.loads(kept.answer) == answer
    assert "GetCertificateStatus" in await tab("messages")


async def test_an_ocsp_responder_that_is_away_fails_the_question(v201: Play201) -> None:
    await v201.booted()
    for url in ("http://127.0.0.1:9/", "file:///etc/passwd", "nonsense"):
        request = {"ocspRequestData": named("SHA256") | {"responderURL": url}}
        assert await v201.ask("GetCertificateStatus", request) == {"status": "Failed"}
    request["ocspRequestData"]["issuerKeyHash"] = "no hexadecimal"
    assert await v201.ask("GetCertificateStatus", request) == {"status": "Failed"}


@pytest.fixture
def responder(tmp_path: Path) -> Iterator[Responder]:
    with responding(tmp_path) as running:
        yield running


class Service(HTTPServer):
    """A contract certificate service: keeps what it was asked, answers what it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[Any] = []
        self.answer: Any = {"status": "Accepted", "exiResponse": "gIAEFhSw+/=="}


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.answer).encode())

    def log_message(self, *_what: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def provided(state: Path, service: Service, transactional_db: None) -> Iterator[Secure]:
    url = f"http://127.0.0.1:{service.server_address[1]}/certificates"
    with secured(state, maker.root(), OCPP_EV_CERTIFICATE_URL=url) as running:
        yield running


@pytest.mark.parametrize("action", ["Install", "Update"])
async def test_tc_m_26_28_csms(
    provided: Secure, service: Service, network: Organisation, action: str
) -> None:
    async with play_over(Play201, provided, network) as play:
        await play.connect()
        await play.booted()
        asked = {
            "iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef",
            "action": action,
            "exiRequest": "gJgAEWV4aQ+/==",
        }
        assert await play.ask("Get15118EVCertificate", asked) == service.answer
        assert service.asked == [asked]
        service.answer = {"status": "Perhaps"}
        failed = {"status": "Failed", "exiResponse": ""}
        assert await play.ask("Get15118EVCertificate", asked) == failed


async def test_without_a_service_a_vehicle_gets_no_certificate(v201: Play201) -> None:
    await v201.booted()
    asked = {"iso15118SchemaVersion": "urn:x", "action": "Install", "exiRequest": "AA=="}
    answer = await v201.ask("Get15118EVCertificate", asked)
    assert answer == {"status": "Failed", "exiResponse": ""}
