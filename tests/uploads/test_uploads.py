"""An upload takes one file, in one piece or in several, and nothing else."""

import base64
import fcntl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from apps.accounts.models import Organisation
from apps.commands import services as commands
from apps.commands.models import CommandRow
from apps.domain.commands import BadParameters
from apps.domain.maintenance import GetLog
from apps.journal.masking import masked
from apps.retention.services import prune_all
from apps.uploads import services
from apps.uploads.models import Upload


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.WHITENOISE_AUTOREFRESH = True  # no folder of collected files is needed
    settings.OCPP_PUBLIC_URL = "https://csms.example/base"
    settings.OCPP_UPLOAD_FOLDER = str(tmp_path)
    settings.OCPP_UPLOAD_MAX_BYTES = 100


class Sender:
    """What a station makes of the address that it was given."""

    def __init__(self, location: str) -> None:
        parts = urlsplit(location)
        self.path = parts.path.removeprefix("/base")
        secret = f"{parts.username}:{parts.password}".encode()
        self.authorization = f"Basic {base64.b64encode(secret).decode()}"
        self.client = Client()

    def put(self, body: bytes, name: str = "log.txt", **headers: str) -> Any:
        known = {"Authorization": self.authorization} | {
            key.replace("_", "-"): value for key, value in headers.items()
        }
        return self.client.put(
            self.path + name, body, content_type="application/octet-stream", headers=known
        )

    def offset(self) -> int:
        answer = self.client.head(self.path, headers={"Authorization": self.authorization})
        return int(answer["Upload-Offset"])


@pytest.fixture
def sender(network: Organisation) -> Sender:
    _, location = services.open_upload(
        organisation_id=network.pk, station_id=7, now=datetime.now(UTC)
    )
    return Sender(location)


def content() -> bytes:
    return services.file_of(Upload.objects.get()).read_bytes()


def test_a_file_in_one_piece(sender: Sender) -> None:
    assert sender.put(b"all is well").status_code == 201
    upload = Upload.objects.get()
    assert (upload.name, upload.size_bytes, content()) == ("log.txt", 11, b"all is well")


def test_a_form_is_taken_too(sender: Sender, tmp_path: Path) -> None:
    (tmp_path / "diag.zip").write_bytes(b"zipped")
    with (tmp_path / "diag.zip").open("rb") as file:
        answer = sender.client.post(
            sender.path, {"upload": file}, headers={"Authorization": sender.authorization}
        )
    assert answer.status_code == 201
    assert (Upload.objects.get().name, content()) == ("diag.zip", b"zipped")


def test_a_transfer_that_broke_off_goes_on(sender: Sender) -> None:
    assert sender.put(b"all is", Content_Range="bytes 0-5/11").status_code == 202
    assert sender.offset() == 6
    again = sender.put(b"is well", Content_Range="bytes 4-10/11")
    assert (again.status_code, again.content) == (409, b"Go on at byte 6.\n")
    assert sender.put(b" well", Content_Range="bytes 6-10/11").status_code == 201
    assert content() == b"all is well"


def test_two_transfers_at_once_do_not_mix(sender: Sender, tmp_path: Path) -> None:
    sender.put(b"first ", Content_Range="bytes 0-5/12")
    path = next(p for p in tmp_path.rglob("*") if p.is_file())
    with path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        refused = sender.put(b"second", Content_Range="bytes 6-11/12")
        assert (refused.status_code, path.read_bytes()) == (409, b"first ")
    assert sender.put(b"second", Content_Range="bytes 6-11/12").status_code == 201
    assert path.read_bytes() == b"first second"


def test_it_is_used_once(sender: Sender) -> None:
    sender.put(b"one")
    assert sender.put(b"two").status_code == 410
    assert content() == b"one"


def test_without_its_password_it_stays_shut(sender: Sender) -> None:
    sender.authorization = "Basic " + base64.b64encode(b"1:guess").decode()
    assert sender.put(b"one").status_code == 401
    sender.authorization = "Bearer x"
    assert sender.put(b"one").status_code == 401
    sender.path = "/uploads/999/"
    assert sender.put(b"one").status_code == 404


@pytest.mark.parametrize("headers", [{}, {"Content_Range": "bytes 0-100/101"}])
def test_too_large_is_refused_and_not_kept(
    sender: Sender, tmp_path: Path, headers: dict[str, str]
) -> None:
    assert sender.put(b"x" * 101, **headers).status_code == 413
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size]
    assert sender.offset() == 0


def test_a_name_leads_nowhere_else(sender: Sender) -> None:
    assert sender.put(b"x", name="..%2F..%2Fetc%2F.passwd").status_code == 201
    assert Upload.objects.get().name == "passwd"


def test_what_nobody_used_is_forgotten(sender: Sender, tmp_path: Path) -> None:
    sender.put(b"all is", Content_Range="bytes 0-5/11")
    later = datetime.now(UTC) + timedelta(days=2)
    for _ in range(2):
        prune_all(now=later)
    assert not Upload.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def asked(network: Organisation) -> CommandRow:
    return commands.queue(
        organisation_id=network.pk, station_id=7, identity="CP1", command=GetLog(),
        now=datetime.now(UTC),
    )  # fmt: skip


def test_a_log_without_an_address_comes_to_us(network: Organisation) -> None:
    row = asked(network)
    assert Upload.objects.get().command_id == row.pk
    assert Sender(row.parameters["location"]).put(b"log").status_code == 201


def test_an_installation_that_has_no_address_says_so(network: Organisation, settings: Any) -> None:
    settings.OCPP_PUBLIC_URL = ""
    with pytest.raises(BadParameters, match="OCPP_PUBLIC_URL"):
        asked(network)


def test_the_password_in_an_address_is_masked() -> None:
    told = {"log": {"remoteLocation": "https://7:s3cret@csms.example/uploads/7/"}}
    assert masked(told) == {"log": {"remoteLocation": "https://7:•••@csms.example/uploads/7/"}}
    plain = {"location": "https://csms.example:8443/a@b"}
    assert masked(plain) is plain
