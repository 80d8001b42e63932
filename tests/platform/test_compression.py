"""What leaves compressed, and what does not."""

import gzip

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from apps.accounts.keys import create_api_key
from apps.uploads.models import Upload
from ocpp_platform.compression import Compression
from tests import factories
from tests.factories import OFFICE
from tests.platform.test_streams import many
from tests.scene import scene as make_scene

ACCEPTED = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture(autouse=True)
def _no_collected_files(settings: Settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True


def test_a_page_is_a_fraction_of_its_size_on_the_line(db: None) -> None:
    scene, client = make_scene(), Client()
    client.force_login(scene.admin)
    plain = client.get("/stations/").content
    packed = client.get("/stations/", headers=ACCEPTED)
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert len(packed.content) < len(plain) / 4
    assert b"NL-RTM-003" in gzip.decompress(packed.content)


def test_the_same_page_has_many_sizes(db: None) -> None:
    """Else its size would tell when a guess lies beside the same secret."""
    _, secret = create_api_key(
        organisation=factories.cast().organisation, name="reader", actor=OFFICE
    )
    client = Client(headers={**ACCEPTED, "Authorization": f"Bearer {secret}"})
    assert len({len(client.get("/api/v1/schema/").content) for _ in range(20)}) > 3


def test_an_export_leaves_compressed_and_piece_by_piece(db: None) -> None:
    cast = factories.cast()
    many(cast, 8_000)
    client = Client()
    client.force_login(cast.finance)
    response = client.get("/sessions/export.csv", headers=ACCEPTED)
    pieces = list(response.streaming_content)
    assert response["Content-Encoding"] == "gzip"
    assert len(pieces) > 2
    assert gzip.decompress(b"".join(pieces)).count(b"\r\n") == 8_001


def test_a_file_of_a_station_keeps_its_length(db: None) -> None:
    scene, client = make_scene(), Client()
    client.force_login(scene.admin)
    upload = Upload.objects.get(organisation_id=scene.organisation.pk)
    response = client.get(f"/files/{upload.pk}/", headers=ACCEPTED)
    assert "Content-Encoding" not in response
    assert response["Content-Length"] == str(len(response.getvalue()))


@pytest.mark.parametrize("accepted", ["gzip;q=0", "br, gzip; q=0.0", "identity"])
def test_who_refuses_gzip_gets_none(accepted: str) -> None:
    request = RequestFactory(headers={"Accept-Encoding": accepted}).get("/")
    answer = Compression(lambda _request: HttpResponse("x" * 1000))(request)
    assert "Content-Encoding" not in answer
