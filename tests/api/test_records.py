"""Messages, tokens, tariffs and locations over REST."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from apps.history.models import Fact
from apps.sessions.models import Session
from apps.stations.models import Station
from apps.tariffs.models import TariffVersion
from apps.tokens.models import Token
from ocpp_platform import keyset
from tests import factories
from tests.api.conftest import NOW, Program
from tests.factories import Cast


def test_a_message_is_told_as_json_where_it_is_json(admin: Program, charger: Station) -> None:
    payload = {"status": [1, {"a": None}]}
    made = factories.message(charger, "StatusNotification", payload, at=NOW)
    factories.message(charger, "", "[2, not json", at=NOW, answer="", latency_ms=None)
    deep = "[" * 500 + "]" * 500
    factories.message(charger, "Heartbeat", deep, at=NOW)
    nested, broken, told = admin.get("messages/").json()["results"]
    assert told == {
        "id": made.pk, "station": "NL-001", "session": None, "command": None,
        "at": "2026-03-01T12:00:00Z", "direction": "in", "action": "StatusNotification",
        "message_id": made.message_id, "payload": payload, "answer": {}, "result": "ok",
        "error_code": "", "notes": "", "latency_ms": 3.2,
    }  # fmt: skip
    assert (broken["payload"], broken["answer"]) == ("[2, not json", None)
    assert nested["payload"] == deep


def test_messages_are_narrowed_by_what_is_asked(admin: Program, cast: Cast) -> None:
    here = factories.station(cast.location, "NL-001", now=NOW)
    there = factories.station(cast.location, "NL-002", now=NOW)
    factories.message(here, "Heartbeat", {}, at=NOW)
    factories.message(there, "Reset", {}, at=NOW + timedelta(hours=1), direction="out")

    def found(**query: str) -> list[str]:
        return [message["action"] for message in admin.all("messages/", **query)]

    assert found() == ["Reset", "Heartbeat"]
    assert found(station="NL-001") == ["Heartbeat"]
    assert found(action="Reset") == ["Reset"]
    assert found(direction="in") == ["Heartbeat"]
    assert found(after="2026-03-01T13:00:00Z") == ["Reset"]
    assert found(before="2026-03-01T13:00:00Z") == ["Heartbeat"]
    assert found(station="nowhere") == []
    for name, wrong in (("direction", "up"), ("after", "then"), ("before", "0")):
        refused = admin.get("messages/", **{name: wrong})
        assert refused.status_code == 400
        assert name in refused.json()["error"]["details"]


def test_next_leads_on_to_a_rare_message_past_pages_that_hold_none(
    admin: Program, charger: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyset, "NEAR_ROWS", 2)
    monkeypatch.setattr(keyset, "FAR_ROWS", 4)
    factories.message(charger, "MeterValues", {}, at=NOW)
    for n in range(1, 10):
        factories.message(charger, "Heartbeat", {}, at=NOW + timedelta(seconds=n))
    first = admin.get("messages/", action="MeterValues").json()
    assert first["results"] == []
    assert first["next"]
    found = admin.all("messages/", action="MeterValues")
    assert [message["action"] for message in found] == ["MeterValues"]


def test_a_token_is_registered_changed_and_removed(admin: Program, cast: Cast) -> None:
    body = {
        "uid": "04A2C9", "type": "ISO15693", "status": "blocked", "group": "fleet",
        "is_master_pass": True, "expires_at": "2027-01-01T00:00:00Z", "language": "nl",
        "personal_message": "Hoi", "contract_id": "NL-ABC-1", "holder": "Anna",
    }  # fmt: skip
    made = admin.post("tokens/", body)
    assert made.status_code == 201
    assert {name: made.json()[name] for name in body} == body
    assert admin.get(made["Location"]).json() == made.json()
    path = f"tokens/{made.json()['id']}/"
    changed = admin.patch(path, {"status": "accepted", "expires_at": None}).json()
    assert (changed["status"], changed["expires_at"], changed["group"]) == (
        "accepted", None, "fleet",
    )  # fmt: skip
    assert admin.delete(path).status_code == 204
    assert admin.get(path).status_code == 404
    actions = (
        Fact.objects.filter(subject_kind="token").order_by("id").values_list("kind", flat=True)
    )
    assert list(actions) == ["token added", "token changed", "token removed"]


def test_a_uid_is_taken_once_regardless_of_type_case_and_print(
    admin: Program, stranger: Program
) -> None:
    first = admin.post("tokens/", {"uid": "ab12"}).json()
    assert admin.post("tokens/", {"uid": " AB12 "}).status_code == 409
    refused = admin.post("tokens/", {"uid": "AB:12", "type": "eMAID"})
    assert refused.status_code == 409
    told = refused.json()["error"]["details"]["uid"]
    assert told == [f"ab12 is registered already, as ISO14443 (accepted): token {first['id']}."]
    other = admin.post("tokens/", {"uid": "CD34"}).json()
    assert admin.patch(f"tokens/{other['id']}/", {"uid": "Ab12"}).status_code == 409
    assert admin.patch(f"tokens/{first['id']}/", {"uid": "AB:12"}).status_code == 200
    assert admin.patch(f"tokens/{first['id']}/", {"type": "eMAID"}).status_code == 200
    assert stranger.post("tokens/", {"uid": "ab12"}).status_code == 201


def test_tokens_are_narrowed_by_what_is_asked(admin: Program, cast: Cast) -> None:
    factories.token(cast.organisation, "AAAA", status="blocked")
    factories.token(cast.organisation, "AABB", contract_id="NL-7")

    def found(**query: str) -> list[str]:
        return [token["uid"] for token in admin.all("tokens/", **query)]

    assert found() == ["AAAA", "AABB"]
    assert found(uid="aaaa") == ["AAAA"]
    assert found(q="nl-7") == ["AABB"]
    assert found(status="blocked") == ["AAAA"]
    assert admin.get("tokens/", status="lost").status_code == 400


@pytest.mark.parametrize(
    "body",
    [{}, {"uid": ""}, {"uid": "x" * 37}, {"uid": "A", "status": "lost"}, {"uid": "A", "type": ""},
     {"uid": ["A"]}, {"uid": "A", "expires_at": "soon"}, {"uid": "A", "is_master_pass": "maybe"}],
)  # fmt: skip
def test_a_token_that_cannot_be_is_refused(admin: Program, body: Any) -> None:
    assert admin.post("tokens/", body).status_code == 400
    assert not Token.objects.exists()


def test_new_prices_are_a_new_version_and_sessions_keep_theirs(
    admin: Program, charger: Station
) -> None:
    first = {"name": "Night", "energy_per_kwh": "0.30", "vat_pct": "21", "locations": ["Blaak"]}
    made = admin.post("tariffs/", first)
    assert made.status_code == 201
    told = made.json()
    assert (told["currency"], told["energy_per_kwh"], told["flat"]) == ("EUR", "0.3000", "0.0000")
    assert (told["locations"], told["is_default"]) == (["Blaak"], False)
    session = factories.session(
        charger, started_at=NOW, ended_at=None, tariff_version=TariffVersion.objects.get()
    )
    changed = admin.patch(f"tariffs/{told['id']}/", {"energy_per_kwh": "0.50"}).json()
    assert (changed["energy_per_kwh"], changed["vat_pct"]) == ("0.5000", "21.00")
    assert [version["energy_per_kwh"] for version in changed["versions"]] == ["0.5000", "0.3000"]
    session = Session.objects.get(pk=session.pk)
    assert session.tariff_version is not None
    assert session.tariff_version.energy_per_kwh == Decimal("0.30")


def test_what_is_no_price_makes_no_version(admin: Program, cast: Cast) -> None:
    path = f"tariffs/{admin.post('tariffs/', {'name': 'A', 'flat': '1'}).json()['id']}/"
    changed = admin.patch(path, {"name": "B", "is_default": True, "flat": "1.00"}).json()
    assert (changed["name"], changed["is_default"], len(changed["versions"])) == ("B", True, 1)
    other = admin.post("tariffs/", {"name": "C", "is_default": True}).json()
    assert other["is_default"] is True
    assert admin.get(path).json()["is_default"] is False


def test_prices_may_be_announced_for_later(admin: Program, cast: Cast) -> None:
    path = f"tariffs/{admin.post('tariffs/', {'name': 'A', 'flat': '1'}).json()['id']}/"
    later = (timezone.now() + timedelta(days=1)).isoformat()
    told = admin.patch(path, {"flat": "2", "valid_from": later}).json()
    assert (told["flat"], len(told["versions"])) == ("1.0000", 2)
    assert admin.patch(path, {"flat": "3"}).status_code == 400


def test_a_tariff_goes_unless_a_session_was_priced_by_it(admin: Program, charger: Station) -> None:
    unused = admin.post("tariffs/", {"name": "A"}).json()["id"]
    assert admin.delete(f"tariffs/{unused}/").status_code == 204
    used = admin.post("tariffs/", {"name": "B"}).json()["id"]
    factories.session(charger, started_at=NOW, tariff_version=TariffVersion.objects.get())
    assert admin.delete(f"tariffs/{used}/").status_code == 409
    assert len(admin.get(f"tariffs/{used}/").json()["versions"]) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"name": "A", "flat": "-1"}, 400), ({"name": "A", "flat": "1e30"}, 400),
     ({"name": "A", "flat": "NaN"}, 400), ({"name": "A", "currency": "eur"}, 400),
     ({"name": "A", "locations": ["Nowhere"]}, 400), ({"name": "Taken"}, 409)],
)  # fmt: skip
def test_a_tariff_that_cannot_be_is_refused(
    admin: Program, cast: Cast, body: Any, status: int
) -> None:
    path = f"tariffs/{admin.post('tariffs/', {'name': 'Taken'}).json()['id']}/"
    assert admin.post("tariffs/", body).status_code == status
    assert admin.patch(path, {"currency": "JPY"}).status_code == 409


def test_a_location_is_added_changed_and_removed(admin: Program, charger: Station) -> None:
    body = {"name": "Depot", "city": "Delft", "country": "NL", "address": "Kade 1"}
    made = admin.post("locations/", body)
    assert made.status_code == 201
    assert made.json() == {**body, "timezone": "Europe/Amsterdam", "id": made.json()["id"]}
    path = f"locations/{made.json()['id']}/"
    assert admin.patch(path, {"timezone": "Asia/Tokyo"}).json()["timezone"] == "Asia/Tokyo"
    assert admin.patch(path, {"timezone": "Europe/Atlantis"}).status_code == 400
    assert admin.post("locations/", {"name": "Depot"}).status_code == 409
    assert admin.delete(path).status_code == 204
    assert admin.delete(f"locations/{charger.location_id}/").json()["error"]["code"] == "in_use"
