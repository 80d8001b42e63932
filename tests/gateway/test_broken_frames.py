"""What a station names may be no address and no certificate: it is answered, kept, and goes on."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from apps.batch.refs import StationRef
from apps.certificates import chain
from apps.domain.vocabulary import Protocol
from apps.gateway import pipeline
from apps.gateway.link import Link
from apps.journal.models import Message
from tests.certificates import odd
from tests.servers import eventually
from tests.wire import Wire

MakeWire = Callable[..., Awaitable[Wire]]
ADDRESSES = [
    "http://a..b/", f"http://{'a' * 70}/", "http://localhost/ä", "http://ä..ö/", "http://[::1/",
    "http://x:99999999/", "http://a b/", "http://127.0.0.1:1/\\u2028", "gopher://x/", "",
]  # fmt: skip
HASHES = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "00" * 32,
    "issuerKeyHash": "00" * 32,
    "serialNumber": "01",
}


async def answered(wire: Wire, action: str, payload: dict[str, Any]) -> list[Any]:
    """The answer; it is kept, and the next frame of the same socket works."""
    answer = await wire.call(action, payload)
    assert await wire.is_alive()
    await eventually(lambda: Message.objects.get(action=action, message_id=answer[1]))
    return answer


@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_address_that_cannot_be_is_no_certificate_status(
    wire: MakeWire, address: str
) -> None:
    data = {"ocspRequestData": {**HASHES, "responderURL": address}}
    answer = await answered(await wire(), "GetCertificateStatus", data)
    assert answer[0] == 4 or answer[2]["status"] == "Failed"


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_contract_with_an_address_that_cannot_be_is_answered(
    wire: MakeWire, address: str
) -> None:
    token = {"idToken": "DE-ABC-C12345678-X", "type": "eMAID"}
    data = {
        "idToken": token,
        "iso15118CertificateHashData": [{**HASHES, "responderURL": address}],
    }
    answer = await answered(await wire(), "Authorize", data)
    assert answer[0] == 4 or answer[2]["idTokenInfo"]["status"] != "Accepted"


async def test_a_request_of_a_version_that_does_not_exist_is_rejected(wire: MakeWire) -> None:
    asked = {"csr": odd.request_of_version_2(), "certificateType": "ChargingStationCertificate"}
    answer = await answered(await wire(), "SignCertificate", asked)
    assert answer[0] == 3
    assert answer[2]["status"] == "Rejected"


async def test_a_contract_of_a_version_that_does_not_exist_is_not_accepted(
    wire: MakeWire,
) -> None:
    token = {"idToken": "DE-ABC-C12345678-X", "type": "eMAID"}
    data = {"idToken": token, "certificate": odd.certificate_of_version_2()}
    answer = await answered(await wire(), "Authorize", data)
    assert answer[0] == 3
    assert answer[2]["idTokenInfo"]["status"] != "Accepted"


def test_every_certificate_is_read_to_the_end_at_once() -> None:
    with pytest.raises(chain.Unreadable):
        chain.read_pem(odd.certificate_of_version_2())


def a_link() -> Link:
    async def nothing(*_given: Any) -> None: ...

    return Link(StationRef(1, 1, 1, "CP1"), Protocol.OCPP201, "socket", nothing, nothing)


async def test_whatever_breaks_inside_is_answered_and_kept(monkeypatch: Any) -> None:
    """One frame's trouble is not its socket's: here the errand itself breaks."""
    kept: list[Any] = []

    class Door:
        async def submit(self, given: Any) -> None:
            kept.append(given.frame)

    async def fail(*_given: Any) -> Any:
        raise LookupError("no such thing")

    monkeypatch.setattr(pipeline.errands, "run", fail)
    text = '[2,"m1","Heartbeat",{}]'
    reply = await pipeline.receive(text, a_link(), Door())
    assert reply is not None
    assert reply.startswith('[4,"m1","InternalError"')
    assert [frame.payload for frame in kept] == [text]
    assert "no such thing" in kept[0].notes
