"""Two boxes under one identity, as an operator is told of them."""

from datetime import timedelta

from apps.stations.boxes import QUIET
from apps.stations.models import Station
from tests.dashboard.conftest import LogIn
from tests.factories import Cast

BUSY = "NL-RTM-003"


def share(scene: Cast, ago: timedelta) -> None:
    at = scene.now - ago
    Station.objects.filter(identity=BUSY).update(
        serial_number="SN-1", box_ip="10.0.0.1", other_serial_number="SN-2",
        other_ip="10.0.0.2", other_at=at, two_boxes_at=at,
    )  # fmt: skip


def test_every_page_says_that_there_are_two(scene: Cast, log_in: LogIn) -> None:
    share(scene, timedelta(minutes=3))
    client = log_in("support")
    both = "serial number SN-1 at 10.0.0.1 and serial number SN-2 at 10.0.0.2"
    page = client.get(f"/stations/{BUSY}/").content.decode()
    assert f"Two boxes come in under this identity: {both}." in page
    assert "two boxes, also SN-2" in page
    assert "Two boxes: SN-1, SN-2" in client.get("/stations/?connection=attention").content.decode()


def test_it_goes_away_by_itself(scene: Cast, log_in: LogIn) -> None:
    share(scene, QUIET)
    client = log_in("support")
    for path in ("/", "/stations/?connection=attention", f"/stations/{BUSY}/"):
        assert "SN-2" not in client.get(path).content.decode()
