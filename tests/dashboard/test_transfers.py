"""Data transfers on the pages: what came is shown, what goes has a form."""

import pytest

from apps.commands.models import CommandRow
from apps.stations.models import StationNotice
from tests import factories as make
from tests.dashboard.conftest import LogIn
from tests.factories import Cast

STATION = "/stations/NL-RTM-004/"


def test_what_came_is_on_the_activity_tab(scene: Cast, log_in: LogIn) -> None:
    StationNotice.objects.create(
        station=scene.extras["quiet"], kind="transfer", at=scene.now, received_at=scene.now,
        title="org.example / Lights: UnknownVendorId", detail="<on>",
    )  # fmt: skip
    page = log_in("support").get(STATION, {"tab": "activity"}).content.decode()
    assert "org.example / Lights: UnknownVendorId" in page
    assert "&lt;on&gt;" in page


@pytest.mark.parametrize(
    ("typed", "sent"),
    [('{"on": 1}', {"on": 1}), ("[1]", [1]), ("just text", "just text"), ("12", "12"), (" ", None)],
)
def test_data_is_json_where_it_is_an_object(
    scene: Cast, log_in: LogIn, typed: str, sent: object
) -> None:
    given = {"vendor_id": "org.example", "message_id": "Lights", "text": typed, "reason": "test"}
    log_in("engineer").post(f"{STATION}actions/data_transfer/", given)
    row = CommandRow.objects.get(name="data_transfer")
    assert row.parameters.get("data") == sent


def test_its_answer_is_shown_where_the_command_is(scene: Cast, log_in: LogIn) -> None:
    row = make.command(
        scene.extras["quiet"], "data_transfer", at=scene.now, state="confirmed", detail="lux 3",
        sent_at=scene.now, answered_at=scene.now,
        parameters={"vendor_id": "org.example", "message_id": "Lights"},
    )  # fmt: skip
    page = log_in("engineer").get(f"/commands/{row.pk}/").content.decode()
    assert "Transfer org.example Lights" in page
    assert "lux 3" in page
