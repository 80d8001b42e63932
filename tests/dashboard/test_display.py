"""The Display tab: what a station shows, and having it show something."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from apps.commands.models import CommandRow
from apps.display import services
from apps.domain.display import Displayed, DisplayReported
from tests import factories as make
from tests.dashboard.conftest import LogIn
from tests.dashboard.law import obey
from tests.factories import Cast

BUSY = "/stations/NL-RTM-003/"
TAB = f"{BUSY}?tab=display"
OLD = "/stations/NL-UTR-011/"


def test_the_tab_says_what_is_shown_now_next_and_no_more(scene: Cast, log_in: LogIn) -> None:
    page = log_in("operator").get(TAB).content.decode()
    shown = page[page.index("On its display") :]
    order = ("Please move on", "Welcome at Rotterdam", "Alfen Eve", "Works on Friday",
             "Open all night", "Refused, or gone")  # fmt: skip
    assert [shown.index(word) for word in order] == sorted(shown.index(word) for word in order)
    for word in ("In front", "while it is idle", "The station", "To come", "Over", "Anna Visser"):
        assert word in shown, word
    assert "cannot show messages written like this" in shown
    assert "&lt;b&gt;Sale" in shown
    assert "knows ASCII, UTF8" in shown
    assert "Show a message" in page
    assert "Show a message" not in log_in("support").get(TAB).content.decode()


def test_a_station_without_display_messages_says_why(scene: Cast, log_in: LogIn) -> None:
    client = log_in("operator")
    page = client.get(OLD, {"tab": "display"}).content.decode()
    assert "OCPP 1.6 knows no display messages" in page
    assert "Show a message" not in page
    answer = client.post(f"{OLD}actions/get_display_messages/", {})
    assert answer.status_code == 422
    assert "OCPP 1.6 has no &#x27;get_display_messages&#x27;" in answer.content.decode()
    assert not CommandRow.objects.filter(name="get_display_messages").exists()


def test_the_form_offers_what_the_display_can_show(scene: Cast, log_in: LogIn) -> None:
    form = log_in("operator").get(f"{BUSY}actions/set_display_message/").content.decode()
    assert "Plain text (ASCII)" in form
    assert "Always in front" not in form
    assert "HTML" not in form
    assert "No. 1: Welcome at Rotterdam Zuid" in form


def test_a_message_is_ordered_with_a_number_of_ours(scene: Cast, log_in: LogIn) -> None:
    client = log_in("operator")
    given = {"content": "Back at noon", "format": "UTF8", "priority": "InFront", "state": "Idle",
             "ends_at": "2099-05-01T12:00"}  # fmt: skip
    client.post(f"{BUSY}actions/set_display_message/", given)
    row = CommandRow.objects.get(name="set_display_message")
    assert row.parameters["message_id"] == 10
    assert row.parameters["ends_at"] == "2099-05-01T10:00:00Z"
    page = client.get(TAB).content.decode()
    assert page.index("On its way") < page.index("Please move on")
    client.post(f"{BUSY}actions/set_display_message/", given | {"message_id": "1"})
    assert CommandRow.objects.latest("pk").parameters["message_id"] == 1
    wrong = client.post(f"{BUSY}actions/set_display_message/", given | {"format": "HTML"})
    assert wrong.status_code == 422
    client.post(f"{BUSY}actions/clear_display_message/?message_id=1", {"message_id": 1})
    assert CommandRow.objects.latest("pk").parameters == {"message_id": 1}


def test_a_refusal_is_explained_where_the_command_is(scene: Cast, log_in: LogIn) -> None:
    row = make.command(
        scene.extras["busy"], "set_display_message", at=scene.now, state="rejected",
        detail="NotSupportedPriority", parameters={"content": "x", "message_id": 1},
    )  # fmt: skip
    page = log_in("operator").get(f"/commands/{row.pk}/").content.decode()
    assert "Its display knows no such priority." in page


def test_an_open_tab_follows_what_the_station_reports(
    scene: Cast,
    log_in: LogIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    busy = scene.extras["busy"]
    news = Displayed(77, "InFront", "UTF8", "It rains")
    report = DisplayReported(5, is_last=True, messages=(news,))
    with timezone.override(scene.organisation.timezone):
        changed = obey(
            log_in("operator"), scene.operator, TAB,
            lambda: services.take_report(busy.organisation_id, busy.pk, report, scene.now),
            monkeypatch, django_capture_on_commit_callbacks,
        )  # fmt: skip
    assert changed == {f"display:{busy.pk}"}
