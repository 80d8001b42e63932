"""The CSV is a contract: its header, its cells, and that it equals the screen."""

import csv
import io
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from apps.sessions import export, selectors
from apps.sessions.models import Session
from apps.sessions.selectors import SessionFilter, Totals
from tests import factories as make
from tests.factories import Cast

HEADER = (
    "session_id,station,evse_id,connector_id,location,transaction_id,protocol,token,"
    "started_at_utc,ended_at_utc,started_at_local,ended_at_local,timezone,duration_s,energy_kwh,"
    "meter_start_kwh,meter_stop_kwh,stop_reason,state,tariff,currency,price_excl_vat,vat,"
    "price_incl_vat,flags"
)
DST_NIGHT = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    return make.cast(DST_NIGHT)


def read(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/sessions/export.csv{query}")
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(autouse=True)
def _no_collected_files(settings: Settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def client(cast: Cast) -> Client:
    made = Client()
    made.force_login(cast.finance)
    return made


def cells_of(session: Session) -> dict[str, str]:
    given = export.records(Session.objects.filter(pk=session.pk))
    (line,) = list(csv.DictReader(io.StringIO("".join(export.stream(given)))))
    return line


def test_the_header_is_the_contract() -> None:
    assert "".join(export.stream(export.records(Session.objects.none()))) == f"{HEADER}\r\n"


def test_times_are_told_in_utc_and_in_the_zone_of_the_place(cast: Cast) -> None:
    station = make.station(cast.location, "A", now=cast.now)
    session = make.session(
        station, started_at=DST_NIGHT, ended_at=DST_NIGHT + timedelta(hours=1),
        energy_wh=12_345.678, meter_start_wh=None, meter_stop_wh=1_000.0,
        price_excl_vat=Decimal("1.500"),
    )  # fmt: skip
    cells = cells_of(session)
    assert cells["started_at_utc"] == "2026-10-25T00:30:00Z"
    assert cells["started_at_local"] == "2026-10-25T02:30:00+02:00"
    assert cells["ended_at_local"] == "2026-10-25T02:30:00+01:00"
    assert cells["duration_s"] == "3600"
    assert (cells["energy_kwh"], cells["meter_start_kwh"]) == ("12.345678", "")
    assert cells["meter_stop_kwh"] == "1"
    assert cells["price_excl_vat"] == "1.50"


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(evil: str, cast: Cast) -> None:
    station = make.station(cast.location, "A", now=cast.now)
    session = make.session(station, started_at=cast.now, token_uid=evil, energy_wh=-5.0)
    cells = cells_of(session)
    assert cells["token"] == f"'{evil}"
    assert cells["energy_kwh"] == "-0.005"


def test_a_spreadsheet_keeps_what_is_an_identifier_and_reads_what_is_a_number(
    cast: Cast, client: Client
) -> None:
    station = make.station(cast.location, "2026-10", now=cast.now)
    make.session(
        station, started_at=cast.now, token_uid="00420815", transaction_id="12345678901234",
        energy_wh=-1_500.0, price_incl_vat=Decimal("1.50"), stop_reason="Local",
    )  # fmt: skip
    query = "?profile=spreadsheet&separator=semicolon&decimal=comma"
    response = client.get(f"/sessions/export.csv{query}")
    raw = b"".join(response.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbfsession_id;")
    (line,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";")
    assert ",".join(line) == HEADER
    told = ("station", "token", "transaction_id", "energy_kwh", "price_incl_vat", "stop_reason")
    assert [line[name] for name in told] == [
        '="2026-10"', '="00420815"', '="12345678901234"', "-1,5", "1,50", "Local",
    ]  # fmt: skip
    assert line["started_at_utc"] == "2026-10-25T00:30:00Z"


def test_a_form_that_cannot_be_is_refused_in_words(client: Client) -> None:
    refused = client.get("/sessions/export.csv?profile=excel")
    assert refused.status_code == 400
    assert refused.content.decode() == "'profile' must be one of plain, spreadsheet."


def test_the_list_offers_the_forms_of_its_filter(cast: Cast, client: Client) -> None:
    make.session(make.station(cast.location, "A", now=cast.now), started_at=cast.now)
    page = client.get("/sessions/?station=A&after=").content.decode()
    wanted = "station=A&amp;profile=spreadsheet&amp;separator=semicolon&amp;decimal=comma"
    assert f"/sessions/export.csv?{wanted}" in page


def test_the_export_is_the_filter_of_the_screen(cast: Cast, client: Client) -> None:
    rng = random.Random(7)
    fleet = [make.station(cast.location, f"ST-{n}", now=cast.now) for n in range(3)]
    for index in range(130):
        make.session(
            rng.choice(fleet), started_at=cast.now - timedelta(minutes=37 * index),
            token_uid=rng.choice(["AA", "bb", "CC"]), energy_wh=rng.choice([0.0, 5_000.0]),
            stop_reason=rng.choice(["Local", "PowerLoss"]),
        )  # fmt: skip
    for query in (
        "", "?token=BB", "?station=ST-1", "?view=problems", "?state=active", "?q=ST-2",
        "?from=2026-10-24&to=2026-10-24", "?location=Blaak&token=aa", "?q=nothing",
    ):  # fmt: skip
        assert [row["session_id"] for row in read(client, query)] == _on_screen(client, query)


def _on_screen(client: Client, query: str) -> list[str]:
    """The ids on all pages of the list."""
    ids: list[str] = []
    after = ""
    while True:
        separator = "&" if query else "?"
        page = client.get(f"/sessions/{query}{separator}after={after}").context["page"]
        ids += [str(session.pk) for session in page.items]
        after = page.after
        if not after:
            return ids


def test_the_totals_of_the_screen_are_the_sums_of_the_file(cast: Cast, client: Client) -> None:
    station = make.station(cast.location, "A", now=cast.now)
    for index in range(7):
        make.session(
            station, started_at=cast.now - timedelta(hours=index), energy_wh=1_234.5,
            price_incl_vat=Decimal("1.23"),
        )  # fmt: skip
    totals = client.get("/sessions/").context["totals"]
    rows = read(client)
    assert totals.count == len(rows)
    assert totals.energy_wh / 1000 == pytest.approx(sum(float(r["energy_kwh"]) for r in rows))
    assert totals.sums == (("EUR", sum(Decimal(r["price_incl_vat"]) for r in rows)),)


def test_a_filter_of_too_many_is_counted_and_not_summed(cast: Cast) -> None:
    station = make.station(cast.location, "A", now=cast.now)
    for index in range(3):
        make.session(station, started_at=cast.now - timedelta(hours=index))
    totals = selectors.total(cast.finance, SessionFilter(), at_most=2)
    assert totals == Totals(2, is_capped=True)


def test_the_export_asks_one_query_however_many_sessions(
    cast: Cast, client: Client, django_assert_max_num_queries: object
) -> None:
    station = make.station(cast.location, "A", now=cast.now)
    make.session(station, started_at=cast.now)
    with CaptureQueriesContext(connection) as asked:
        assert len(read(client)) == 1
    for index in range(1, 40):
        make.session(station, started_at=cast.now - timedelta(hours=index))
    assert Session.objects.count() == 40
    with django_assert_max_num_queries(len(asked)):  # type: ignore[operator]
        assert len(read(client)) == 40
