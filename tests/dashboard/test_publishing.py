"""Firmware that a local controller keeps: ordered, shown, and taken back."""

import pytest

from apps.commands.models import CommandRow
from tests import factories as make
from tests.dashboard.conftest import LogIn
from tests.factories import Cast

STATION = "/stations/NL-RTM-004/"
CHECKSUM = "d41d8cd98f00b204e9800998ecf8427e"
GIVEN = {"location": "https://files.example/f.bin", "checksum": CHECKSUM}


def test_firmware_is_published_and_can_be_taken_back(scene: Cast, log_in: LogIn) -> None:
    client = log_in("engineer")
    page = client.get(STATION, {"tab": "maintenance"}).content.decode()
    assert "Firmware &amp; diagnostics" in page
    assert "Publish firmware…" in page
    client.post(f"{STATION}actions/publish_firmware/", GIVEN)
    row = CommandRow.objects.filter(name="publish_firmware").latest("pk")
    assert row.parameters == GIVEN
    observed = "The firmware is published at http://lc.local/f.bin"
    CommandRow.objects.filter(pk=row.pk).update(state="confirmed", observed=observed)
    page = client.get(STATION, {"tab": "maintenance"}).content.decode()
    assert observed in page
    assert f"unpublish_firmware/?checksum={CHECKSUM}" in page
    support = log_in("support").get(STATION, {"tab": "maintenance"}).content.decode()
    assert "Unpublish" not in support
    client.post(f"{STATION}actions/unpublish_firmware/", {"checksum": CHECKSUM})
    assert CommandRow.objects.get(name="unpublish_firmware").parameters == {"checksum": CHECKSUM}


@pytest.mark.parametrize("name", ["publish_firmware", "unpublish_firmware"])
def test_a_wrong_checksum_is_said_at_its_field(scene: Cast, log_in: LogIn, name: str) -> None:
    given = GIVEN | {"checksum": "not a checksum"}
    answer = log_in("engineer").post(f"{STATION}actions/{name}/", given)
    assert answer.status_code == 422
    assert "32 hexadecimal digits" in answer.context["form"].errors["checksum"][0]


def test_a_version_without_it_is_not_offered_it(scene: Cast, log_in: LogIn) -> None:
    old = scene.extras["fleet"]["NL-UTR-011"]
    make.command(old, "get_log", at=scene.now)
    page = log_in("engineer").get("/stations/NL-UTR-011/", {"tab": "maintenance"})
    assert "Publish firmware" not in page.content.decode()
