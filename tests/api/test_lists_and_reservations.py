"""Local lists, reservations and policies over REST."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.commands.models import CommandRow
from apps.history.models import Fact
from apps.lists.models import StationList
from apps.reservations.models import Reservation
from apps.stations.models import Station
from tests import factories
from tests.api.conftest import Program


def in_an_hour() -> str:
    return (timezone.now() + timedelta(hours=1)).isoformat()


def reserve(program: Program, **given: object) -> dict[str, object]:
    body = {"token": "AB12", "expires_at": in_an_hour()} | given
    answer = program.post("stations/NL-001/reservations/", body)
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def test_a_reservation_is_made_listed_and_cancelled(admin: Program, charger: Station) -> None:
    factories.token(charger.organisation, "AB12", group="FLEET")
    made = reserve(admin, token="ab12", evse_id=2)
    assert (made["state"], made["token"], made["group"]) == ("pending", "AB12", "FLEET")
    assert (made["station"], made["actor"]) == ("NL-001", "key admin")
    row = CommandRow.objects.get()
    assert (row.name, row.parameters["reservation_id"]) == ("reserve_now", made["id"])
    assert admin.get(f"reservations/{made['id']}/").json() == made
    for path in ("reservations/", "stations/NL-001/reservations/"):
        assert admin.all(path) == [made]
    assert admin.all("reservations/", state="open", station="NL-001") == [made]
    assert admin.all("reservations/", state="used") == []
    assert admin.get("reservations/", state="lost").status_code == 400
    answer = admin.delete(f"reservations/{made['id']}/")
    assert (answer.status_code, answer.json()["command"]) == (202, "cancel_reservation")
    assert Fact.objects.filter(subject_label__in=("reserve_now", "cancel_reservation")).count() == 2


@pytest.mark.parametrize(
    "given",
    [
        {"expires_at": "later"},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"evse_id": 9},
        {"evse_id": 2**40},
        {"evse_id": 1, "connector_type": "cType2"},
        {"connector_type": "Schuko"},
        {"token": ""},
    ],
)
def test_a_wrong_reservation_is_refused_and_leaves_nothing(
    admin: Program, charger: Station, given: dict[str, object]
) -> None:
    body = {"token": "AB12", "expires_at": in_an_hour()} | given
    answer = admin.post("stations/NL-001/reservations/", body)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]
    assert not Reservation.objects.exists()
    assert not CommandRow.objects.exists()


def test_no_number_is_too_large_for_a_command(admin: Program, charger: Station) -> None:
    for name, given in [
        ("reserve_now", {"token": "A", "expires_at": in_an_hour(), "evse_id": 2**70}),
        ("cancel_reservation", {"reservation_id": 2**70}),
        ("send_local_list", {"mode": "full", "version": 2**70}),
    ]:
        body = {"command": name, "parameters": given}
        assert admin.post("stations/NL-001/commands/", body).status_code == 400, name


def test_strangers_have_no_part_in_it(admin: Program, stranger: Program, charger: Station) -> None:
    made = reserve(admin)
    for path in (f"reservations/{made['id']}/", "stations/NL-001/local-list/"):
        assert stranger.get(path).status_code == 404
    assert stranger.delete(f"reservations/{made['id']}/").status_code == 404
    assert stranger.all("reservations/") == []
    assert stranger.get("stations/NL-001/reservations/").status_code == 404


def test_the_list_of_a_station_is_held_against_what_it_should_hold(
    admin: Program, charger: Station
) -> None:
    factories.token(charger.organisation, "AB12")
    before = admin.get("stations/NL-001/local-list/").json()
    assert (before["held"], before["wanted"], before["is_current"]) == (None, 1, False)
    answer = admin.post("stations/NL-001/commands/", {"command": "send_local_list"})
    assert answer.status_code == 202
    assert answer.json()["parameters"] == {
        "mode": "full", "version": 1, "is_planned": True,
        "entries": [{"uid": "AB12", "type": "ISO14443", "status": "Accepted"}],
    }  # fmt: skip
    under_way = admin.get("stations/NL-001/local-list/").json()
    assert (under_way["is_under_way"], under_way["version_sent"]) == (True, 1)
    StationList.objects.update(held={"ISO14443|GONE": "x"}, version_held=1)
    after = admin.get("stations/NL-001/local-list/").json()
    assert (after["missing"], after["surplus"], after["held"]) == (1, 1, 1)


def test_policies_are_read_and_changed(admin: Program) -> None:
    assert admin.get("token-policy/").json() == {"max_sessions": None, "master_pass_group": ""}
    changed = admin.patch("token-policy/", {"max_sessions": 1})
    assert changed.json() == {"max_sessions": 1, "master_pass_group": ""}
    assert admin.patch("token-policy/", {"max_sessions": 0}).status_code == 400
    assert admin.patch("token-policy/", {"max_sessions": 40000}).status_code == 400
    assert admin.get("local-list-policy/").json() == {"scope": "accepted", "is_automatic": False}
    changed = admin.patch("local-list-policy/", {"scope": "chosen", "is_automatic": True})
    assert changed.json() == {"scope": "chosen", "is_automatic": True}
    assert admin.patch("local-list-policy/", {"scope": "some"}).status_code == 400
    assert admin.get("local-list-policy/").json()["scope"] == "chosen"
