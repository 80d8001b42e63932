"""Lines of a station's activity that it makes itself."""

from datetime import UTC, datetime

import pytest

from apps.batch.items import Item
from apps.domain.events import Event, FirmwareProgressed, LogProgressed
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.stations.models import Station, StationNotice
from apps.stations.refs import find_refs

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def told(station: Station, *events: Event, at_once: bool) -> list[str]:
    ref = find_refs([station.identity])[station.identity]
    items = [Item(ref, Protocol.OCPP16, "socket", NOW, event) for event in events]
    for batch in [items] if at_once else [[item] for item in items]:
        commit(batch, NOW)
    return list(StationNotice.objects.order_by("id").values_list("title", flat=True))


@pytest.mark.parametrize("at_once", [True, False])
def test_a_step_that_is_told_in_masses_is_one_line(station: Station, at_once: bool) -> None:
    flood = [LogProgressed("Uploading")] * 40 + [LogProgressed("Uploaded")]
    assert told(station, *flood, at_once=at_once) == ["Uploading", "Uploaded"]
    again = told(station, LogProgressed("Uploading"), at_once=at_once)
    assert again == ["Uploading", "Uploaded", "Uploading"], "another upload is another line"


def test_firmware_and_logs_are_told_apart(station: Station) -> None:
    steps = (FirmwareProgressed("Idle"), LogProgressed("Idle"), FirmwareProgressed("Idle"))
    assert told(station, *steps, at_once=True) == ["Idle", "Idle"]
