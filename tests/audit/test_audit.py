"""Who did what to what: before and after, the reason, what came of it; and nobody edits it."""

import csv
import io
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from apps.accounts.models import User
from apps.commands.models import CommandRow
from apps.control.services import give
from apps.domain.commands import ResetStation
from apps.history import doers, kinds
from apps.history.models import Fact
from apps.history.services import record
from apps.stations.models import Station
from apps.stations.services import change_station
from apps.tokens import services as tokens
from tests import factories
from tests.factories import Cast


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    settings.WHITENOISE_AUTOREFRESH = True
    return factories.cast()


@pytest.fixture
def station(cast: Cast) -> Station:
    return factories.station(cast.location, "NL-001", now=cast.now, statuses=("Available",))


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def rows(cast: Cast, **query: str) -> list[Any]:
    response = browser(cast.admin).get("/audit/", query)
    assert response.status_code == 200
    return list(response.context["rows"])


def lines(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/audit/export.csv?{query}")
    body = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(body)))


def test_a_change_is_shown_with_what_was_and_what_is(cast: Cast, station: Station) -> None:
    change_station(station, actor=cast.operator, reading="strict", reason="Laboratory")
    (row,) = rows(cast)
    assert (row.title, row.about, row.fact.reason) == ("Station changed", "NL-001", "Laboratory")
    assert row.fact.actor_label == cast.operator.label
    assert row.href == "/stations/NL-001/"
    assert [(c.field, c.before, c.after) for c in row.changed] == [
        ("reading", "tolerant", "strict")
    ]


def test_a_command_is_shown_with_what_the_charger_answered(cast: Cast, station: Station) -> None:
    command = give(cast.operator, station, ResetStation(mode="on_idle"), reason="Hangs")
    CommandRow.objects.filter(pk=command.pk).update(state="rejected")
    (row,) = rows(cast, kind="command given")
    assert row.life is not None
    assert (row.life.word, row.href) == ("Rejected", f"/commands/{command.pk}/")
    assert dict(row.told)["parameters"] == "mode: on_idle"


def test_a_password_is_never_shown(cast: Cast, station: Station) -> None:
    change_station(station, actor=cast.operator, password="correct-horse-battery")
    page = browser(cast.admin).get("/audit/").content.decode()
    assert "Station password set" in page
    assert "horse" not in page


def test_each_filter_finds_its_own(cast: Cast, station: Station) -> None:
    change_station(station, actor=cast.operator, reading="strict", reason="Laboratory")
    token = tokens.add_token(organisation_id=cast.organisation.pk, uid="04A1", actor=cast.admin)
    record(
        kinds.INCIDENT_OPENED, actor=doers.CLOCK, organisation_id=cast.organisation.pk,
        subject=(1, "Offline"), station_id=station.pk,
    )  # fmt: skip

    def found(**query: str) -> list[str]:
        return [row.about for row in rows(cast, **query)]

    assert found() == ["04A1", "NL-001"]
    assert found(by="everybody") == ["Offline", "04A1", "NL-001"]
    assert found(by="clock") == ["Offline"]
    assert found(by="key") == []
    assert found(who=cast.operator.label[:5].upper()) == ["NL-001"]
    assert found(q="labor") == ["NL-001"]
    assert found(kind="token added") == [token.shown_uid]
    assert found(station="nl-001", by="everybody") == ["Offline", "NL-001"]
    assert found(to="2020-01-01") == []


@pytest.mark.parametrize(
    "query", [{"by": "me"}, {"kind": "x"}, {"station": "X"}, {"from": "soon"}, {"odd": "1"}]
)
def test_what_is_no_filter_is_said_so(cast: Cast, query: dict[str, str]) -> None:
    for address in ("/audit/", "/audit/export.csv"):
        assert browser(cast.admin).get(address, query).status_code == 400


def test_the_file_is_what_the_page_shows(cast: Cast, station: Station) -> None:
    change_station(station, actor=cast.operator, reading="strict", reason="=1+1")
    give(cast.operator, station, ResetStation(mode="on_idle"))
    client = browser(cast.admin)
    told = lines(client, "kind=station+changed")
    assert [line["reason"] for line in told] == ["'=1+1"]
    assert told[0]["changes"] == '{"reading": ["tolerant", "strict"]}'
    whole = lines(client, "by=everybody")
    shown = [str(row.fact.pk) for row in rows(cast, by="everybody")]
    assert [line["fact_id"] for line in whole] == shown
    assert {line["done"] for line in whole} > {"audit log exported", "command given"}


def test_nobody_sees_what_another_organisation_did(cast: Cast, station: Station) -> None:
    change_station(station, actor=cast.operator, reading="strict")
    stranger = browser(cast.stranger)
    assert b"NL-001" not in stranger.get("/audit/?by=everybody").content
    assert lines(stranger, "kind=station+changed") == []


def test_a_fact_cannot_be_changed_by_anybody(cast: Cast, station: Station) -> None:
    change_station(station, actor=cast.operator, reading="strict")
    fact = Fact.objects.get()
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        Fact.objects.filter(pk=fact.pk).update(actor_label="Somebody else")
    with (
        pytest.raises(DatabaseError, match="cannot be changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE history_fact SET reason = 'other'")
    assert Fact.objects.get().actor_label == cast.operator.label
