"""Many commands at once: each whole, in as many queries as one."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Organisation
from apps.commands.models import CommandRow
from apps.commands.services import Intent, queue_many
from apps.domain.commands import Command, ResetStation
from apps.domain.maintenance import GetLog
from apps.stations.models import Station
from apps.stations.services import add_station
from apps.uploads.models import Upload
from tests.factories import OFFICE

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def to(station: Station, command: Command) -> Intent:
    return Intent((station.organisation_id, station.pk, station.identity), command, actor="olga")


def test_the_log_of_each_station_has_an_address_of_its_own(
    network: Organisation, settings: Any
) -> None:
    settings.OCPP_PUBLIC_URL = "https://csms.example"
    crowd = [
        add_station(organisation=network, identity=f"S{n}", now=NOW, actor=OFFICE)
        for n in range(20)
    ]
    with CaptureQueriesContext(connection) as few:
        queue_many([to(crowd[0], GetLog())], now=NOW)
    with CaptureQueriesContext(connection) as many:
        rows = queue_many([to(one, GetLog()) for one in crowd], now=NOW)
    assert len(many) == len(few)
    uploads = {one.command_id: one for one in Upload.objects.all()}
    for row, one in zip(rows, crowd, strict=True):
        upload = uploads[row.pk]
        assert (upload.station_id, bool(upload.secret_digest)) == (one.pk, True)
        assert f"/uploads/{upload.pk}/" in row.parameters["location"]


def test_they_keep_their_order_and_who_gave_each(network: Organisation, station: Station) -> None:
    log = GetLog(location="https://files.example/log")
    rows = queue_many([to(station, ResetStation()), to(station, log)], now=NOW)
    assert [row.name for row in rows] == ["reset", "get_log"]
    assert set(CommandRow.objects.values_list("actor", flat=True)) == {"olga"}
