"""Who may be asked at an address that a station has named, and for how long."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from apps.certificates import network, ocsp
from apps.domain.certificates import CertificateHash
from ocpp_platform import outside
from ocpp_platform.outside import NotAllowed, judge, target_of
from tests.certificates.responder import Responder, hash_data, responding

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    ("url", "addresses", "listed", "dialled"),
    [
        ("http://ocsp.example/", [PUBLIC], ["*"], PUBLIC),
        ("http://ocsp.example/", [PUBLIC], [], None),
        ("http://ocsp.example/", [PUBLIC], ["ocsp.example"], PUBLIC),
        ("http://OCSP.example/", [PUBLIC], ["ocsp.EXAMPLE:80"], PUBLIC),
        ("http://ocsp.example/", [PUBLIC], ["ocsp.example:8080"], None),
        ("http://ocsp.example/", [PUBLIC], ["other.example"], None),
        ("http://ocsp.example/", ["10.0.0.1"], ["*"], None),
        ("http://ocsp.example/", ["10.0.0.1", PUBLIC], ["*"], PUBLIC),
        ("http://ocsp.example/", ["10.0.0.1"], ["ocsp.example"], "10.0.0.1"),
        ("http://ocsp.example/", ["10.0.0.1"], ["10.0.0.0/8"], "10.0.0.1"),
        ("http://ocsp.example/", ["10.0.0.1"], ["*", "192.168.0.0/16"], None),
        ("http://127.0.0.1:9/", ["127.0.0.1"], ["*"], None),
        ("http://127.0.0.1:9/", ["127.0.0.1"], ["127.0.0.1:9"], "127.0.0.1"),
        ("http://127.0.0.1:9/", ["127.0.0.1"], ["127.0.0.1:8"], None),
        ("http://meta/", ["169.254.169.254"], ["*"], None),
        ("http://zero/", ["0.0.0.0"], ["*"], None),
        ("http://many/", ["224.0.0.1"], ["*"], None),
        ("http://[::1]/", ["::1"], ["*"], None),
        ("http://mapped/", ["::ffff:127.0.0.1"], ["*"], None),
        ("http://nat/", ["64:ff9b::a00:1"], ["*"], None),
        ("http://sixtofour/", ["2002:7f00:1::"], ["*"], None),
        ("http://link/", ["fe80::1%eth0"], ["*"], None),
        ("http://unique/", ["fd00::1"], ["*"], None),
    ],
)
def test_who_may_be_asked(
    url: str, addresses: list[str], listed: list[str], dialled: str | None
) -> None:
    target = target_of(url)
    if dialled is None:
        with pytest.raises(NotAllowed, match="OCPP_OCSP_HOSTS"):
            judge(target, addresses, listed)
    else:
        assert judge(target, addresses, listed) == dialled


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://a/", "http://", "http://a:99999"])
def test_what_is_no_address_is_not_asked(url: str) -> None:
    with pytest.raises(NotAllowed):
        target_of(url)


@pytest.fixture(scope="module")
def responder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Responder]:
    with responding(tmp_path_factory.mktemp("responder")) as running:
        yield running


def question(responder: Responder) -> bytes:
    data = hash_data(responder.good.certificate, responder.issuer.certificate)
    names = ("hashAlgorithm", "issuerNameHash", "issuerKeyHash", "serialNumber")
    return ocsp.question(CertificateHash(*(data[name] for name in names)))


def test_openssls_responder_is_asked_only_if_its_address_is_listed(
    responder: Responder, settings: Any
) -> None:
    settings.OCPP_OCSP_HOSTS = ("127.0.0.1",)
    assert ocsp.is_successful(network.ask_responder(responder.url, question(responder)))
    settings.OCPP_OCSP_HOSTS = ("*",)
    with pytest.raises(network.NoAnswer, match="may not be asked"):
        network.ask_responder(responder.url, question(responder))
    by_name = responder.url.replace("127.0.0.1", "localhost")
    with pytest.raises(network.NoAnswer, match="may not be asked"):
        network.ask_responder(by_name, question(responder))


@contextmanager
def answering(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that takes one connection, reads the question and speaks; its address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with client:
            client.recv(65536)
            try:
                speak(client)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.close()
        thread.join(5)


def ask(url: str, timeout_s: float = 5) -> bytes:
    return outside.post(url, b"?", {}, listed=["127.0.0.1"], timeout_s=timeout_s)


def test_nobody_is_followed_elsewhere() -> None:
    with answering(lambda _: None) as elsewhere:
        moved = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n"
        with (
            answering(lambda client: client.sendall(moved.encode())) as url,
            pytest.raises(Exception, match="HTTP 302"),
        ):
            ask(url)


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    def speak(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            client.sendall(b"x" * 65536)

    with answering(speak) as url, pytest.raises(Exception, match="more than 65536 bytes"):
        ask(url)


def test_a_trickle_is_cut_off_in_time() -> None:
    is_over = threading.Event()

    def speak(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not is_over.wait(0.05):
            client.sendall(b"x")

    begun = time.monotonic()
    with answering(speak) as url:
        with pytest.raises(Exception):  # noqa: B017 - whatever a cut line looks like
            ask(url, timeout_s=0.3)
        is_over.set()
    assert time.monotonic() - begun < 5


def test_a_good_answer_is_read(tmp_path: Path) -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with answering(lambda client: client.sendall(whole)) as url:
        assert ask(url) == b"ok"


def test_a_path_is_dialled_as_bytes_that_http_can_carry() -> None:
    assert target_of("http://localhost/ä b?c=%20").path == "/%C3%A4%20b?c=%20"


@pytest.mark.parametrize("host", ["a..b", "a" * 70, ".", "ä..ö"])
def test_a_name_that_no_host_can_have_is_not_asked(host: str) -> None:
    with pytest.raises(NotAllowed):
        target_of(f"http://{host}/")
