"""A member that a body has and nobody reads is refused by name, wherever it stands."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from rest_framework import serializers

from apps.api import members
from apps.api import serializers as rooms
from apps.api.serializers.fields import DecimalField, FloatField, IntegerField
from apps.stations.models import Station
from apps.tariffs.models import Tariff
from tests import factories as make
from tests.api.conftest import Program
from tests.api.test_access import TABLE

WRITES = [(method, path) for method, path, _ in TABLE if method in ("POST", "PATCH")]


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("tariffs/", {"name": "Day", "price": "0.50"}, "price"),
        ("tokens/", {"uid": "AB12", "expires": "2027-01-01"}, "expires"),
        ("locations/", {"name": "Far", "time_zone": "UTC"}, "time_zone"),
        ("stations/", {"identity": "CP2", "pasword": "x" * 16}, "pasword"),
        ("stations/", {"identity": "CP2", "topology": [
            {"evse_id": 1, "connectors": [{"connector_id": 1, "power": 1}]},
        ]}, "topology[0].connectors[0].power"),
    ],
)  # fmt: skip
def test_a_mistyped_member_makes_nothing(
    admin: Program, path: str, body: dict[str, Any], name: str
) -> None:
    before = admin.get(path).json()["results"]
    refused = admin.post(path, body)
    assert refused.status_code == 400
    assert refused.json()["error"]["details"] == {name: ["There is no such member here."]}
    assert admin.get(path).json()["results"] == before
    assert not Tariff.objects.exists()


def test_a_mistyped_member_changes_nothing(admin: Program, charger: Station) -> None:
    refused = admin.patch(
        f"stations/{charger.identity}/", {"serial_numer": "1", "reading": "strict"}
    )
    assert (refused.status_code, list(refused.json()["error"]["details"])) == (
        400,
        ["serial_numer"],
    )
    assert admin.get(f"stations/{charger.identity}/").json()["reading"] == "tolerant"


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_no_address_that_reads_a_body_takes_what_it_does_not_know(
    admin: Program, charger: Station, method: str, path: str
) -> None:
    """Refused, or there is nothing there: never done as if the member were not there."""
    send = admin.post if method == "POST" else admin.patch
    answer = send(path.replace("CP1", charger.identity), {"no_such_member": 1})
    assert answer.status_code in (400, 403, 404, 405, 409, 415)


def test_what_is_read_only_is_not_a_member_of_a_body() -> None:
    class Kind(serializers.Serializer):
        id = serializers.IntegerField(read_only=True)
        name = serializers.CharField()

    assert members.unknown(Kind(), {"id": 1, "name": "x"}) == ["id"]
    assert members.unknown(Kind(), [1]) == []
    assert len(members.unknown(Kind(), {str(n): n for n in range(99)})) == members.MOST


def test_a_field_that_takes_any_object_takes_any_member() -> None:
    class Kind(serializers.Serializer):
        payload = serializers.DictField()

    assert members.unknown(Kind(), {"payload": {"anything": {"at": "all"}}}) == []


def test_all_kinds_of_bodies_know_their_members() -> None:
    """None of them looks into what was given by itself, behind the back of ``members``."""
    own = {kind.__name__ for kind in _kinds() if "to_internal_value" in vars(kind)}
    assert own == set()


@pytest.mark.parametrize("odd", [True, False, "1e3", "1_0", "NaN", "Infinity", "0x1", "", [1], "٣"])
def test_what_is_no_number_is_not_read_as_one(admin: Program, charger: Station, odd: Any) -> None:
    """Not true as 1, nor what only a programming language calls a number."""
    session = make.session(charger, started_at=datetime(2026, 11, 20, 8, tzinfo=UTC))
    told = {"reason": "Seen on site", "energy_wh": odd}
    assert admin.post(f"sessions/{session.pk}/energy/", told).status_code == 400
    session.refresh_from_db()
    assert (session.energy_wh, session.decided_wh) == (22_412, None)
    for body in ({"energy_per_kwh": odd}, {"vat_pct": odd}):
        assert admin.post("tariffs/", {"name": "Day", **body}).status_code == 400
    plug = {"connector_id": 1, "max_power_w": odd}
    body = {"identity": "CP2", "topology": [{"evse_id": 1, "connectors": [plug]}]}
    assert admin.post("stations/", body).status_code == 400


def test_all_numbers_that_are_given_are_read_strictly() -> None:
    lax = (serializers.IntegerField, serializers.FloatField, serializers.DecimalField)
    strict = (IntegerField, FloatField, DecimalField)
    found = [
        f"{kind.__name__}.{name}"
        for kind in _kinds()
        if not kind.__name__.endswith("Out")
        for name, field in kind().fields.items()
        if isinstance(field, lax) and not isinstance(field, strict) and not field.read_only
    ]
    assert found == []


def _kinds() -> Iterator[type[serializers.Serializer]]:
    for found in iter_modules(rooms.__path__):
        room = import_module(f"{rooms.__name__}.{found.name}")
        for value in vars(room).values():
            if isinstance(value, type) and issubclass(value, serializers.Serializer):
                yield value


OF_STATION = ("variables", "excuses", "monitors", "reports", "events", "reservations")
ONE = {"token-policy/", "local-list-policy/", "onboarding/"}  # and no list
LISTS = sorted({path for method, path, _ in TABLE if method == "GET" and path.count("/") < 2} - ONE)


@pytest.mark.parametrize(
    "path", [*LISTS, "certificates/roots/", *(f"stations/NL-001/{name}/" for name in OF_STATION)]
)
def test_a_mistyped_filter_shows_nothing(admin: Program, charger: Station, path: str) -> None:
    path = path.replace("NL-001", charger.identity)
    refused = admin.get(f"{path}?foo=1&limit=1")
    assert refused.status_code == 400
    details = refused.json()["error"]["details"]
    assert details["foo"] == ["There is no such filter here."]
    assert path == "sessions.csv" or list(details) == ["foo"]
