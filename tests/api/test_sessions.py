"""Sessions, their journal, samples, money and CSV over REST."""

import base64
import csv
import io
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.sessions import export
from apps.sessions.models import Sample, Session
from apps.stations.models import Location, Station
from apps.tariffs.models import TariffVersion
from apps.tariffs.services import add_tariff, add_version
from tests import factories
from tests.api.conftest import NOW, Program
from tests.factories import OFFICE, Cast

_LISTS = (
    "stations/", "sessions/", "messages/", "commands/", "tokens/", "tariffs/", "locations/",
)  # fmt: skip
PAID: dict[str, Any] = {
    "price_excl_vat": Decimal("9.080"), "vat": Decimal("1.910"), "price_incl_vat": Decimal("10.99"),
}  # fmt: skip


def test_a_session_that_ended_is_told_in_full(admin: Program, charger: Station) -> None:
    version = factories.tariff(charger.organisation, NOW)
    session = factories.session(
        charger, started_at=NOW, tariff_version=version, flags="estimated gaps", **PAID
    )
    told = admin.get(f"sessions/{session.pk}/").json()
    telling = {
        name: told.pop(name)
        for name in ("diagnosis", "story", "stopped_by", "stopped", "disbelieved")
    }
    assert told == admin.get("sessions/").json()["results"][0], "a list tells no story"
    assert telling["stopped_by"] == "unknown"
    codes = [finding["code"] for finding in telling["diagnosis"]]
    assert codes == ["no_meter_values", "messages_missing", "messages_not_kept"]
    assert telling["story"][0]["text"] == "Session began at EVSE 1"
    assert all(one["evidence"] for one in telling["diagnosis"] + telling["story"])
    assert told == {
        "id": session.pk, "station": "NL-001", "location": "Blaak", "evse_id": 1,
        "connector_id": 1, "transaction_id": session.transaction_id, "protocol": "ocpp2.0.1",
        "token": "04A2C9E1", "state": "ended", "phase": "ended",
        "started_at": "2026-03-01T12:00:00Z", "ended_at": "2026-03-01T12:48:00Z",
        "duration_s": 2880, "energy_wh": 22412.0, "meter_start_wh": 18204116.0,
        "meter_stop_wh": 18226528.0, "power_w": None, "soc_pct": 64.0, "stop_reason": "Remote",
        "price": {"currency": "EUR", "excl_vat": "9.08", "vat": "1.91", "incl_vat": "10.99"},
        "flags": ["estimated", "gaps"], "are_samples_thinned": False,
    }  # fmt: skip


def test_a_price_that_runs_follows_energy_and_time(admin: Program, charger: Station) -> None:
    version = factories.tariff(charger.organisation, NOW)
    began = timezone.now() - timedelta(hours=2)
    session = factories.session(
        charger, started_at=began, ended_at=None, energy_wh=10_000.0, tariff_version=version
    )
    told = admin.get(f"sessions/{session.pk}/").json()
    assert (told["state"], told["phase"], told["ended_at"]) == ("active", "charging", None)
    assert 7200 <= told["duration_s"] < 7260
    # 10 kWh of 0.45, 2 h of 1.20, a start of 0.50; the seconds of this test are below a cent
    assert told["price"]["currency"] == "EUR"
    assert told["price"]["excl_vat"] in ("7.40", "7.41", "7.42")


def test_without_a_tariff_there_is_no_price(admin: Program, charger: Station) -> None:
    ended = factories.session(charger, started_at=NOW)
    running = factories.session(charger, started_at=NOW, ended_at=None)
    for session in (ended, running):
        assert admin.get(f"sessions/{session.pk}/").json()["price"] is None


def test_money_has_the_minor_unit_of_its_currency(admin: Program, charger: Station) -> None:
    for currency, shown in (("JPY", "9"), ("KWD", "9.080"), ("EUR", "9.08")):
        session = factories.session(charger, started_at=NOW, **{**PAID, "currency": currency})
        assert admin.get(f"sessions/{session.pk}/").json()["price"]["excl_vat"] == shown


def test_sessions_are_narrowed_by_what_is_asked(admin: Program, cast: Cast) -> None:
    here = factories.station(cast.location, "NL-001", now=NOW)
    there = factories.station(cast.location, "NL-002", now=NOW)
    a = factories.session(here, started_at=NOW, token_uid="AAAA").pk
    b = factories.session(there, started_at=NOW + timedelta(hours=1), ended_at=None).pk
    c = factories.session(here, started_at=NOW + timedelta(hours=2), transaction_id="T-X").pk

    def found(**query: str) -> list[int]:
        return [session["id"] for session in admin.all("sessions/", **query)]

    assert found() == [c, b, a]
    assert found(station="NL-001") == [c, a]
    assert found(token="aaaa") == [a]
    assert found(state="active") == [b]
    assert found(state="ended") == [c, a]
    assert found(started_after="2026-03-01T13:00:00Z") == [c, b]
    assert found(started_before="2026-03-01T14:00:00+01:00") == [a]
    assert found(q="T-X") == [c]
    assert found(station="nowhere") == []
    unescaped = admin.get("sessions/?started_before=2026-03-01T14:00:00+01:00").json()
    assert [session["id"] for session in unescaped["results"]] == [a]


@pytest.mark.parametrize(
    ("name", "value"),
    [("state", "lost"), ("started_after", "yesterday"), ("started_before", "2026-13-01"),
     ("started_after", "9999-12-31T23:59:59-23:00"), ("station", "\0"), ("q", "a\0b"),
     ("limit", "0"), ("limit", "-5"), ("limit", "x"), ("limit", "9" * 30)],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused_by_name(
    admin: Program, name: str, value: str
) -> None:
    refused = admin.get("sessions/", **{name: value})
    assert refused.status_code == 400
    assert name in refused.json()["error"]["details"]


def test_pages_hold_every_session_once_while_more_arrive(admin: Program, charger: Station) -> None:
    known = [factories.session(charger, started_at=NOW).pk for _ in range(7)]
    page = admin.get("sessions/", limit="3", state="ended").json()
    found = list(page["results"])
    while page["next"]:
        factories.session(charger, started_at=NOW + timedelta(hours=1))
        page = admin.client.get(page["next"], headers=admin.headers).json()
        found += page["results"]
    assert [session["id"] for session in found] == sorted(known, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "W1tdLHt9XQ", "W" * 5000, "%00", "é"])
def test_a_cursor_from_elsewhere_is_refused(admin: Program, cursor: str) -> None:
    refused = admin.get("sessions/", cursor=cursor)
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "invalid_cursor"


def test_the_journal_of_a_session_is_told_in_order(admin: Program, charger: Station) -> None:
    session = factories.session(charger, started_at=NOW)
    fields: dict[str, Any] = {"session_id": session.pk}
    factories.message(charger, "TransactionEvent", {"n": 2}, at=NOW + timedelta(1), **fields)
    factories.message(charger, "TransactionEvent", {"n": 1}, at=NOW, **fields)
    factories.message(charger, "Heartbeat", {}, at=NOW)
    told = admin.get(f"sessions/{session.pk}/messages/").json()["results"]
    assert [message["payload"]["n"] for message in told] == [1, 2]
    assert {message["session"] for message in told} == {session.pk}


def test_samples_are_told_in_order(admin: Program, charger: Station) -> None:
    session = factories.session(charger, started_at=NOW)
    factories.samples(session)
    told = admin.get(f"sessions/{session.pk}/samples/").json()
    assert told["next"] is None
    assert len(told["results"]) == 49
    assert told["results"][0]["at"] == "2026-03-01T12:00:00Z"
    assert told["results"] == admin.all(f"sessions/{session.pk}/samples/", limit="10")


def test_a_session_says_that_its_samples_are_thinned(admin: Program, charger: Station) -> None:
    session = factories.session(charger, started_at=NOW)
    assert admin.get(f"sessions/{session.pk}/").json()["are_samples_thinned"] is False
    Session.objects.update(is_thinned=True)
    assert admin.get(f"sessions/{session.pk}/").json()["are_samples_thinned"] is True


def test_samples_of_one_instant_are_told_from_the_first_to_the_last(
    admin: Program, charger: Station
) -> None:
    session = factories.session(charger, started_at=NOW)
    words = ["Transaction.Begin", "Sample.Periodic", "Transaction.End"]
    for word in words[::-1]:
        Sample.objects.create(session_id=session.pk, at=NOW, context=word)
    told = admin.all(f"sessions/{session.pk}/samples/", limit="1")
    assert [sample["context"] for sample in told] == words
    strange = base64.urlsafe_b64encode(json.dumps([str(NOW), "Nonsense"]).encode()).decode()
    assert admin.get(f"sessions/{session.pk}/samples/", cursor=strange).status_code == 400


def test_the_csv_is_the_list_of_the_same_filter(admin: Program, charger: Station) -> None:
    shown = factories.session(charger, started_at=NOW, token_uid="=1+1")
    factories.session(charger, started_at=NOW, ended_at=None)
    response = admin.get("sessions.csv", state="ended")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(response.getvalue().decode())))
    assert tuple(lines[0]) == export.COLUMNS
    assert [line["session_id"] for line in lines] == [str(shown.pk)]
    assert lines[0]["token"] == "'=1+1"
    assert admin.get("sessions.csv", state="lost").status_code == 400


def test_the_csv_has_a_form_for_spreadsheets(admin: Program, charger: Station) -> None:
    factories.session(charger, started_at=NOW, token_uid="00420815", energy_wh=1_500.0)
    response = admin.get("sessions.csv", profile="spreadsheet", decimal="comma")
    text = response.getvalue().decode()
    (line,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert (text[0], line["token"], line["energy_kwh"]) == ("\ufeff", '="00420815"', "1,5")
    refused = admin.get("sessions.csv", profile="spreadsheet", separator="pipe")
    assert refused.status_code == 400
    assert refused.json()["error"]["details"] == {
        "separator": ["'separator' must be one of comma, semicolon, tab."]
    }


@pytest.mark.django_db(transaction=True)
async def test_the_csv_leaves_in_pieces_under_asgi(
    monkeypatch: pytest.MonkeyPatch, admin: Program, charger: Station, asgi: AsyncClient
) -> None:
    made: list[int] = []

    def stream(_: Any, _form: Any) -> Any:
        for number in range(3):
            made.append(number)
            yield f"piece {number}\n"

    monkeypatch.setattr(export, "stream", stream)
    response = await asgi.get("/api/v1/sessions.csv", headers=admin.headers)
    pieces: Any = aiter(response)  # type: ignore[arg-type]
    assert await anext(pieces) == b"piece 0\n"
    assert made == [0]
    assert [piece async for piece in pieces] == [b"piece 1\n", b"piece 2\n"]


def _grow(cast: Cast, version: TariffVersion, numbers: range) -> None:
    for number in numbers:
        at = NOW + timedelta(minutes=number)
        station = factories.station(cast.location, f"S-{number:03}", now=NOW)
        session = factories.session(station, started_at=at, ended_at=None, tariff_version=version)
        factories.message(station, "Heartbeat", {}, at=at, session_id=session.pk)
        factories.command(station, "reset", at=at)
        factories.token(cast.organisation, f"T-{number}")
        tariff = add_tariff(
            organisation_id=cast.organisation.pk, name=f"T-{number}", currency="EUR", actor=OFFICE
        )
        add_version(tariff, valid_from=at, flat=Decimal(1), actor=OFFICE)
        Location.objects.create(organisation=cast.organisation, name=f"L-{number}")


def _costs(program: Program) -> dict[str, int]:
    """Queries of each list."""
    found = {}
    for path in _LISTS:
        with CaptureQueriesContext(connection) as queries:
            assert program.get(path).status_code == 200
        found[path] = len(queries)
    return found


def test_a_longer_page_costs_no_more_queries(admin: Program, cast: Cast) -> None:
    version = factories.tariff(cast.organisation, NOW)
    _grow(cast, version, range(2))
    _costs(admin)
    few = _costs(admin)
    _grow(cast, version, range(2, 22))
    assert _costs(admin) == few
    assert max(few.values()) <= 5


@pytest.mark.parametrize("energy_wh", ["NaN", -1, 1e9, "much", "Infinity"])
def test_energy_that_cannot_be_is_not_decided(
    admin: Program, charger: Station, energy_wh: object
) -> None:
    session = factories.session(charger, started_at=NOW)
    refused = admin.post(f"sessions/{session.pk}/energy/", {"energy_wh": energy_wh, "reason": "so"})
    assert refused.status_code == 400
    assert Session.objects.get(pk=session.pk).energy_wh == session.energy_wh


def test_a_program_decides_what_a_session_took(admin: Program, charger: Station) -> None:
    session = factories.session(charger, started_at=NOW)
    told = admin.post(
        f"sessions/{session.pk}/energy/", {"energy_wh": 4_000, "reason": "Meter broken"}
    )
    assert (told.status_code, told.json()["energy_wh"]) == (200, 4_000)
    assert "decided" in told.json()["flags"]
    running = factories.session(charger, started_at=NOW, ended_at=None)
    refused = admin.post(f"sessions/{running.pk}/energy/", {"energy_wh": 1, "reason": "so"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "cannot_decide")
