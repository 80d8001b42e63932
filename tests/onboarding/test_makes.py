"""What a make is told at its boot, and asked when it is back."""

import pytest
from django.utils import timezone

from apps.batch.items import Item
from apps.commands.models import CommandRow
from apps.domain.events import StationBooted, StationConnected
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.stations.models import Station
from apps.stations.refs import find_refs


def tell(station: Station, *events: StationBooted | StationConnected) -> None:
    ref, now = find_refs([station.identity])[station.identity], timezone.now()
    commit([Item(ref, Protocol.OCPP16, "c", now, event=event) for event in events], now)


@pytest.mark.parametrize(
    ("vendor", "model", "interval_s"),
    [("ABB", "TAC-W22-T-R-C-0", 3_600), ("ABB", "Terra 54", 300), ("Other", "TAC", 300)],
)
def test_a_model_that_must_beat_rarely_is_told_so(
    station: Station, vendor: str, model: str, interval_s: int, settings: pytest.FixtureRequest
) -> None:
    settings.OCPP_HEARTBEAT_INTERVAL_S = 300
    Station.objects.update(vendor=vendor, model=model, firmware="1", boot_policy="accepted")
    tell(station, StationBooted(vendor, model, firmware="1"))
    assert Station.objects.get().heartbeat_interval_s == interval_s


@pytest.mark.parametrize(("vendor", "count"), [("EVBox", 1), ("Other", 0)])
def test_a_make_that_tells_no_status_when_it_is_back_is_asked(
    station: Station, vendor: str, count: int
) -> None:
    Station.objects.update(vendor=vendor, model="Elvi", boot_policy="accepted")
    came = StationConnected("c", "gateway", "ocpp1.6", "192.0.2.7", ("ocpp1.6",))
    tell(station, came)
    tell(station, came)
    asked = CommandRow.objects.filter(name="trigger_message", is_unasked=True)
    assert [row.parameters["message"] for row in asked] == ["StatusNotification"] * count
