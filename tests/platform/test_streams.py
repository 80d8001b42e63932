"""A download that cannot be finished is seen to break off; nobody takes half of it for all."""

import http.client
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfoNotFoundError

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from apps.accounts.keys import create_api_key
from apps.sessions import export
from apps.sessions.selectors import list_sessions
from apps.stations.models import Location
from tests import factories
from tests.copies import copies
from tests.factories import OFFICE, Cast
from tests.servers import eventually, rows
from tests.throwaway import Platform

PATIENCE_S = 60
CONNECTIONS = 10  # that a process has to the database by default
BROKEN_OFF = (http.client.IncompleteRead, ConnectionResetError)


class Download:
    """The export of everything, read from the real server piece by piece."""

    def __init__(self, server: Platform, secret: str, path: str = "/api/v1/sessions.csv") -> None:
        where = urlsplit(server.url)
        self.http = http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE_S)
        try:
            self.http.request("GET", path, headers={"Authorization": f"Bearer {secret}"})
            self.response = self.http.getresponse()
        except OSError:
            self.http.close()
            raise

    def rest(self) -> bytes:
        """All that still comes; raises one of BROKEN_OFF where that is not all there is."""
        try:
            return self.response.read()
        finally:
            self.http.close()


def many(cast: Cast, count: int) -> None:
    """Ended sessions at one station."""
    station = factories.station(cast.location, "NL-001", now=cast.now)
    first = factories.session(station, started_at=cast.now)
    copies(first, count, id=f"{first.pk + 1_000_000} + n", transaction_id="'M-' || n")


def oldest_in_no_zone(cast: Cast) -> None:
    """What no line can be made of, behind everything else."""
    nowhere = Location.objects.create(
        organisation=cast.organisation, name="Nowhere", timezone="No/Where"
    )
    station = factories.station(nowhere, "NL-999", now=cast.now)
    factories.session(station, started_at=cast.now - timedelta(days=900))


def key_of(cast: Cast) -> str:
    return create_api_key(organisation=cast.organisation, name="finance", actor=OFFICE)[1]


async def test_an_export_that_fails_under_way_breaks_off_and_the_next_one_works(
    server: Platform,
) -> None:
    cast = await rows(factories.cast)
    await rows(lambda: many(cast, 1_200))
    secret = await rows(lambda: key_of(cast))
    whole = await rows(lambda: Download(server, secret).rest())
    assert whole.count(b"\r\n") == 1_201
    await rows(lambda: oldest_in_no_zone(cast))
    for _ in range(CONNECTIONS + 1):  # each gives its connection back
        broken = await rows(lambda: Download(server, secret))
        assert broken.response.status == 200
        with pytest.raises(BROKEN_OFF):
            await rows(broken.rest)
    one = await rows(lambda: Download(server, secret, "/api/v1/sessions/?limit=1"))
    assert one.response.status == 200
    await rows(one.rest)


async def test_an_export_that_fails_at_once_is_an_error_and_no_file(server: Platform) -> None:
    cast = await rows(factories.cast)
    await rows(lambda: oldest_in_no_zone(cast))
    secret = await rows(lambda: key_of(cast))
    refused = await rows(lambda: Download(server, secret))
    assert refused.response.status == 500
    await rows(refused.rest)


@pytest.mark.postgres
async def test_an_export_breaks_off_when_the_database_goes(server: Platform) -> None:
    cast = await rows(factories.cast)
    await rows(lambda: many(cast, 40_000))
    secret = await rows(lambda: key_of(cast))
    begun = await rows(lambda: Download(server, secret))
    assert begun.response.status == 200
    assert await eventually(end_of_its_connection, "the export's query")
    with pytest.raises(BROKEN_OFF):
        await rows(begun.rest)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_export_that_ends_early_leaves_no_cursor_to_the_garbage_collector() -> None:
    cast = factories.cast()
    many(cast, 1_200)
    oldest_in_no_zone(cast)
    for pieces in (1, 10):  # somebody lets go of it; it fails
        file = export.stream(export.records(list_sessions(cast.finance)))
        try:
            for _ in range(pieces):
                next(file)
        except ZoneInfoNotFoundError as failed:
            assert open_cursors() == 0, failed  # while its frames are still held
        file.close()
        assert open_cursors() == 0


def open_cursors() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '%django%'")
        return int(cursor.fetchone()[0])


def end_of_its_connection() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'FETCH%%_django_curs%%' AND pid <> pg_backend_pid()"
        )
        return bool(cursor.fetchall())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_pages_and_programs_are_told_to_come_again_while_the_database_is_away(
    settings: Settings,
) -> None:
    settings.WHITENOISE_AUTOREFRESH = True
    cast = factories.cast()
    secret = key_of(cast)
    browser, program = Client(), Client(headers={"Authorization": f"Bearer {secret}"})
    browser.force_login(cast.admin)
    for client, path in (
        (browser, "/sessions/"),
        (browser, "/sessions/export.csv"),
        (program, "/api/v1/sessions/"),
        (program, "/api/v1/sessions.csv"),
    ):
        connection.ensure_connection()
        connection.connection.close()
        response = client.get(path)
        assert (response.status_code, response["Retry-After"]) == (503, "10"), path
        connection.close()
        assert client.get(path).status_code == 200, path
