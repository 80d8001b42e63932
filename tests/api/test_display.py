"""What a station shows, over REST."""

from apps.commands.models import CommandRow
from apps.stations.models import Station
from tests.api.conftest import NOW, Program
from tests.display.scene import display


def test_messages_are_listed_by_their_state(
    admin: Program, stranger: Program, charger: Station
) -> None:
    display(charger, NOW)
    path = "stations/NL-001/display-messages/"
    assert {m["number"] for m in admin.all(path)} == {1, 2, 3, 4, 5, 6, 9}
    assert {m["number"] for m in admin.all(path, state="accepted")} == {1, 2, 3, 4, 9}
    (refused,) = admin.all(path, state="rejected")
    assert (refused["detail"], refused["format"]) == ("NotSupportedMessageFormat", "HTML")
    assert admin.get(path, state="shown").status_code == 400
    assert stranger.get(path).status_code == 404


def test_what_the_station_cannot_do_is_refused_before_it_is_queued(
    admin: Program, charger: Station
) -> None:
    display(charger, NOW)
    body = {
        "command": "set_display_message",
        "parameters": {"content": "https://x.example/a", "format": "URI"},
    }
    answer = admin.post("stations/NL-001/commands/", body)
    assert answer.status_code == 400
    assert "it has ASCII, UTF8" in answer.json()["error"]["details"][0]
    Station.objects.filter(pk=charger.pk).update(protocol="ocpp1.6")
    body = {"command": "get_display_messages"}
    answer = admin.post("stations/NL-001/commands/", body)
    assert "OCPP 1.6 has no 'get_display_messages'" in answer.json()["error"]["details"][0]
    assert not CommandRow.objects.exists()
