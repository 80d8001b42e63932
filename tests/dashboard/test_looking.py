"""What is rare among many is looked for piece by piece, and the page says how far."""

import re
from datetime import timedelta
from html import unescape

import pytest

from apps.commands.models import CommandRow, State
from apps.journal.models import Message
from ocpp_platform import keyset
from tests.dashboard.conftest import LogIn
from tests.factories import Cast

NEXT = re.compile(r'rel="next" href="([^"]+)">([^<]*)')


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "NEAR_ROWS", 2)
    monkeypatch.setattr(keyset, "FAR_ROWS", 5)


def test_a_message_far_back_is_reached_by_looking_further(scene: Cast, log_in: LogIn) -> None:
    station = scene.extras["busy"]
    Message.objects.all().delete()
    for n in range(8):
        Message.objects.create(
            organisation_id=scene.organisation.pk, station_id=station.pk, direction="in",
            at=scene.now - timedelta(seconds=n), result="ok", message_id=f"m{n}",
            action="MeterValues" if n == 7 else "Heartbeat",
        )  # fmt: skip
    client = log_in("support")
    page = client.get("/messages/?action=MeterValues").content.decode()
    assert "No newer message fits these filters." in page
    assert "Looked back to" in page
    [(url, word)] = NEXT.findall(page)
    assert word.strip() == "Look further back"
    older = client.get(f"/messages/{unescape(url)}")
    assert [line.message.message_id for line in older.context["lines"]] == ["m7"]
    assert "Looked back to" not in older.content.decode()


def test_a_command_of_a_person_is_reached_by_looking_further(scene: Cast, log_in: LogIn) -> None:
    station = scene.extras["busy"]
    CommandRow.objects.all().delete()
    for n in range(8):
        CommandRow.objects.create(
            organisation_id=scene.organisation.pk, station_id=station.pk, state=State.CONFIRMED,
            identity=station.identity, name="reset_station", actor="Zoe" if n == 7 else "",
            created_at=scene.now - timedelta(seconds=n), expires_at=scene.now,
        )  # fmt: skip
    client = log_in("support")
    page = client.get("/commands/?q=zoe").content.decode()
    assert "No newer command fits these filters." in page
    [(url, _)] = NEXT.findall(page)
    older = client.get(f"/commands/{unescape(url)}")
    assert [row.actor for row in older.context["page"].items] == ["Zoe"]


@pytest.mark.parametrize("query", ["state=failed", "name=unlock_connector", ""])
def test_what_an_index_finds_is_found_at_once(scene: Cast, log_in: LogIn, query: str) -> None:
    assert log_in("support").get(f"/commands/?{query}").context["page"].looked_to is None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/sessions/?from=2026-13-01", "from"), ("/sessions/?to=9999-12-31", "to"),
        ("/sessions/?fron=2026-03-01", "fron"), ("/sessions/?view=zzz", "view"),
        ("/sessions/export.csv?from=2026-13-01", "from"),
        ("/sessions/export.csv?from=9999-12-31", "from"),
        ("/sessions/export.csv?state=x", "state"), ("/sessions/new/?from=x&since=0", "from"),
        ("/attempts/?from=gestern", "from"), ("/attempts/?outcome=x", "outcome"),
        ("/attempts/?card=04A1", "card"), ("/messages/?from=x", "from"),
        ("/messages/?until=2026-02-30", "until"), ("/messages/?hide=all", "hide"),
        ("/messages/?direction=up", "direction"), ("/messages/tail/?until=x", "until"),
        ("/cases/?state=x", "state"), ("/cases/?kind=x", "kind"), ("/incidents/?state=x", "state"),
        ("/incidents/?severity=x", "severity"),
        ("/stations/NL-AMS-021/?tab=messages&hide=x", "hide"),
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_shows_nothing_and_says_which(
    scene: Cast, log_in: LogIn, path: str, name: str
) -> None:
    answer = log_in("admin").get(path)
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/html")
    assert f"The filter \u201c{name}\u201d is not understood" in answer.content.decode()
