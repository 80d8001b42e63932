"""Stations over REST."""

from urllib.parse import quote

import pytest

from apps.commands.models import CommandRow
from apps.history.models import Fact
from apps.stations import passwords
from apps.stations.models import Connector, FormCount, Location, Station
from tests import factories
from tests.api.conftest import NOW, Program
from tests.factories import Cast

TOPOLOGY = [
    {"evse_id": 1, "connectors": [{"connector_id": 1, "standard": "CCS2", "max_power_w": 50000}]},
    {"evse_id": 2, "connectors": [{"connector_id": 1}, {"connector_id": 2}]},
]


def test_a_station_is_told_with_its_evses_and_connectors(admin: Program, charger: Station) -> None:
    told = admin.get("stations/NL-001/").json()
    assert told["identity"] == "NL-001"
    assert told["location"] == "Blaak"
    assert told["connected"] is True
    assert told["protocol"] == "ocpp2.0.1"
    assert (told["vendor"], told["model"], told["firmware"]) == ("Alpitronic", "HYC300", "2.4.0")
    assert told["last_seen_at"] == "2026-03-01T11:59:56Z"
    assert [evse["id"] for evse in told["evses"]] == [1, 2]
    connector = told["evses"][1]["connectors"][0]
    assert (connector["id"], connector["status"]) == (1, "Occupied")
    assert connector["status_at"] == "2026-03-01T11:26:00Z"


def test_a_registered_station_is_found_where_location_says(admin: Program, cast: Cast) -> None:
    body = {"identity": "NEW-1", "location": "Depot", "boot_policy": "pending"}
    made = admin.post("stations/", body)
    assert made.status_code == 201
    assert made.json() == admin.get(made["Location"]).json()
    assert made.json()["boot_policy"] == "pending"
    assert Location.objects.get(name="Depot").organisation == cast.organisation
    assert Location.objects.get(name="Depot").timezone == "Europe/Amsterdam"
    assert admin.post("stations/", {"identity": "NEW-2", "location": "Depot"}).status_code == 201
    assert Location.objects.filter(name="Depot").count() == 1


def test_how_messages_are_read_is_told_set_and_checked(admin: Program) -> None:
    made = admin.post("stations/", {"identity": "NEW-1"})
    assert made.json()["reading"] == "tolerant"
    strict = admin.post("stations/", {"identity": "NEW-2", "reading": "strict"})
    assert strict.json()["reading"] == "strict"
    assert admin.patch("stations/NEW-1/", {"reading": "strict"}).json()["reading"] == "strict"
    for odd in ("lenient", "", None, "STRICT"):
        assert admin.patch("stations/NEW-1/", {"reading": odd}).status_code == 400
    assert admin.get("stations/NEW-1/").json()["reading"] == "strict"


def test_what_was_odd_about_its_messages_is_told(admin: Program, charger: Station) -> None:
    for rule, action in (("null_member", "StartTransaction"), ("strict_form", "StopTransaction")):
        FormCount.objects.create(
            station=charger, action=action, rule=rule, path="", count=7, first_at=NOW, last_at=NOW
        )
    told = admin.get("stations/NL-001/excuses/").json()["results"]
    assert [(one["rule"], one["is_refused"], one["count"]) for one in told] == [
        ("strict_form", True, 7), ("null_member", False, 7),
    ]  # fmt: skip


def test_a_password_is_kept_as_a_digest_and_never_told(admin: Program) -> None:
    made = admin.post("stations/", {"identity": "NEW-1", "password": "correct-horse-11"})
    assert b"correct-horse" not in made.content + admin.get("stations/NEW-1/").content
    assert made.json()["has_password"] is True
    assert made.json()["security_profile"] == 1
    station = Station.objects.get(identity="NEW-1")
    assert passwords.matches(b"correct-horse-11", station.password_digest)
    admin.patch("stations/NEW-1/", {"password": "another-horse-22"})
    station.refresh_from_db()
    assert passwords.matches(b"another-horse-22", station.password_digest)
    assert admin.patch("stations/NEW-1/", {"password": ""}).json()["has_password"] is False
    assert "horse" not in str(list(Fact.objects.values()))


def test_a_declared_topology_replaces_what_was_there(admin: Program, charger: Station) -> None:
    told = admin.patch("stations/NL-001/", {"topology": TOPOLOGY}).json()
    shown = {evse["id"]: [plug["id"] for plug in evse["connectors"]] for evse in told["evses"]}
    assert shown == {1: [1], 2: [1, 2]}
    assert told["evses"][0]["connectors"][0]["max_power_w"] == 50000
    admin.patch("stations/NL-001/", {"topology": TOPOLOGY[:1]})
    assert Connector.objects.filter(station=charger).count() == 1
    made = admin.post("stations/", {"identity": "NEW-1", "topology": TOPOLOGY})
    assert [evse["id"] for evse in made.json()["evses"]] == [1, 2]


@pytest.mark.parametrize(
    "topology",
    [[], "x", [{}], [{"evse_id": 1, "connectors": []}], [{"evse_id": 0, "connectors": [{}]}],
     [TOPOLOGY[0], TOPOLOGY[0]], [{"evse_id": 2**40, "connectors": [{"connector_id": 1}]}],
     [{"evse_id": 1, "connectors": [{"connector_id": 1}, {"connector_id": 1}]}]],
)  # fmt: skip
def test_a_topology_that_cannot_be_is_refused_whole(admin: Program, topology: object) -> None:
    refused = admin.post("stations/", {"identity": "NEW-1", "topology": topology})
    assert refused.status_code == 400
    assert "topology" in refused.json()["error"]["details"]
    assert not Station.objects.filter(identity="NEW-1").exists()


@pytest.mark.parametrize("identity", ["A B", "A/B", "Ä%20", "a+b@c", "50%", "x?y", "x#y", "A/B/C"])
def test_an_identity_with_special_characters_is_reached_when_encoded(
    admin: Program, identity: str
) -> None:
    made = admin.post("stations/", {"identity": identity})
    assert made.status_code == 201
    path = f"stations/{quote(identity, safe='')}/"
    assert admin.get(path).json()["identity"] == identity
    assert admin.get(made["Location"]).json()["identity"] == identity
    assert admin.get(f"{path}variables/").status_code == 200
    assert admin.delete(path).status_code == 204


@pytest.mark.parametrize("identity", ["", "a:b", 'a"b', "x" * 49, "a\tb", None, [], {}])
def test_an_identity_that_cannot_be_is_refused(admin: Program, identity: object) -> None:
    refused = admin.post("stations/", {"identity": identity})
    assert refused.status_code == 400


def test_an_identity_is_taken_once_in_all_organisations(
    admin: Program, stranger: Program, charger: Station
) -> None:
    for program in (admin, stranger):
        refused = program.post("stations/", {"identity": "NL-001"})
        assert refused.status_code == 409
        assert refused.json()["error"]["code"] == "exists"


def test_aliases_are_set_whole_and_told(admin: Program, charger: Station) -> None:
    path = f"stations/{charger.identity}/"
    assert admin.get(path).json()["aliases"] == []
    assert admin.patch(path, {"aliases": ["B", "A"]}).json()["aliases"] == ["A", "B"]
    made = admin.post("stations/", {"identity": "NEW-2", "aliases": ["NEW-2-SN"]}).json()
    assert made["aliases"] == ["NEW-2-SN"]
    for taken in ("a", charger.identity.lower()):
        assert admin.patch("stations/NEW-2/", {"aliases": [taken]}).status_code == 400
        assert admin.post("stations/", {"identity": taken}).status_code in (400, 409)
    assert admin.patch(path, {"aliases": []}).json()["aliases"] == []
    listed = {row["identity"]: row["aliases"] for row in admin.all("stations/")}
    assert listed["NEW-2"] == ["NEW-2-SN"]


def test_an_identity_cannot_be_changed(admin: Program, charger: Station) -> None:
    assert admin.patch("stations/NL-001/", {"identity": "NL-002"}).status_code == 400
    assert admin.patch("stations/NL-001/", {"identity": "NL-001"}).status_code == 200


def test_a_station_goes_unless_it_is_connected_or_has_charged(admin: Program, cast: Cast) -> None:
    factories.station(cast.location, "ON", now=NOW)
    charged = factories.station(cast.location, "CHARGED", now=NOW, connected=False)
    factories.session(charged, started_at=NOW)
    factories.station(cast.location, "UNUSED", now=NOW, connected=False)
    assert admin.delete("stations/ON/").json()["error"]["code"] == "connected"
    assert admin.delete("stations/CHARGED/").json()["error"]["code"] == "in_use"
    assert admin.delete("stations/UNUSED/").status_code == 204
    assert admin.get("stations/UNUSED/").status_code == 404


def test_stations_are_narrowed_by_what_is_asked(admin: Program, cast: Cast) -> None:
    factories.station(cast.location, "A-1", now=NOW)
    factories.station(cast.location, "A-2", now=NOW, connected=False, vendor="Alfen")
    factories.station(cast.location, "B-1", now=NOW, protocol="ocpp1.6")

    def found(**query: str) -> list[str]:
        return [station["identity"] for station in admin.all("stations/", **query)]

    assert found() == ["A-1", "A-2", "B-1"]
    assert found(connected="false") == ["A-2"]
    assert found(connected="true", q="a-") == ["A-1"]
    assert found(vendor="Alfen") == ["A-2"]
    assert found(protocol="ocpp1.6") == ["B-1"]
    assert found(location="Nowhere") == []
    assert admin.get("stations/", connected="maybe").status_code == 400


def test_variables_are_told_as_last_read(admin: Program, charger: Station) -> None:
    factories.variable(charger, "HeartbeatInterval", "300", now=NOW)
    factories.variable(charger, "Power", "7", now=NOW, component="EVSE", evse_id=2)
    first, second = admin.get("stations/NL-001/variables/").json()["results"]
    assert (first["component"], first["evse_id"]) == ("EVSE", 2)
    assert second == second | {
        "component": "OCPPCommCtrlr", "variable": "HeartbeatInterval", "evse_id": None,
        "connector_id": None, "attribute": "Actual", "value": "300", "mutability": "ReadWrite",
        "read_at": "2026-03-01T12:00:00Z",
    }  # fmt: skip
    assert len(admin.all("stations/NL-001/variables/", limit="1")) == 2


@pytest.mark.parametrize("password", ["x" * 15, "x" * 41])
def test_a_password_that_no_station_can_have_is_refused_in_words(
    admin: Program, charger: Station, password: str
) -> None:
    for answer in (
        admin.post("stations/", {"identity": "NEW-1", "password": password}),
        admin.patch("stations/NL-001/", {"password": password}),
    ):
        assert answer.status_code == 400
        assert "16 to 40 characters" in str(answer.json())
    assert not Station.objects.filter(identity="NEW-1").exists()


@pytest.mark.parametrize(("told", "is_asked"), [("Pending", True), ("Rejected", False)])
def test_a_waiting_station_that_is_accepted_is_asked_to_boot_now(
    admin: Program, charger: Station, told: str, is_asked: bool
) -> None:
    Station.objects.update(boot_policy=told.lower(), boot_status=told)
    for _ in range(2):
        assert admin.patch("stations/NL-001/", {"boot_policy": "accepted"}).status_code == 200
    wanted = [("trigger_message", {"message": "BootNotification"})] if is_asked else []
    assert list(CommandRow.objects.values_list("name", "parameters")) == wanted


def test_tags_are_set_kept_as_written_and_filtered_by(admin: Program, charger: Station) -> None:
    made = admin.post("stations/", {"identity": "NEW-1", "tags": ["Fast DC", "depot"]})
    assert made.json()["tags"] == ["depot", "Fast DC"]
    assert admin.patch("stations/NL-001/", {"tags": ["Depot"]}).json()["tags"] == ["Depot"]
    assert admin.patch("stations/NL-001/", {"serial_number": "1"}).json()["tags"] == ["Depot"]
    named = [row["identity"] for row in admin.all("stations/", tag="DEPOT")]
    assert named == ["NEW-1", "NL-001"]
    for odd in ("Depot", [""], ["a\nb"], ["x" * 41], [f"t{n}" for n in range(21)], [None], None):
        assert admin.patch("stations/NL-001/", {"tags": odd}).status_code == 400
    assert admin.patch("stations/NL-001/", {"tags": []}).json()["tags"] == []
