"""Messages through sessions that end and boots, in few questions to the database."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.batch.items import Item
from apps.commands.models import CommandRow
from apps.display import services
from apps.display.models import DisplayMessage
from apps.domain.events import StationBooted
from apps.ingest.commit import commit
from apps.stations.models import Station
from apps.stations.refs import find_refs
from tests.display.scene import message

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def shown(station: Station) -> list[int]:
    found = DisplayMessage.objects.filter(station=station, state="accepted")
    return list(found.order_by("number").values_list("number", flat=True))


def test_a_message_goes_with_its_session_and_with_no_other(
    station: Station, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number, transaction_id in enumerate(("", "a", "b"), 1):
        message(station, number, "x", NOW, transaction_id=transaction_id)
    ended = [(station.pk, "b", 1), (station.pk + 1, "a", 1), (station.pk, "", 1)]
    with django_assert_num_queries(2):
        services.end_transactions(ended, NOW)
    assert shown(station) == [1, 2]
    with django_assert_num_queries(1):
        services.end_transactions(ended, NOW)
    with django_assert_num_queries(0):
        services.end_transactions([], NOW)


@pytest.mark.parametrize(("protocol", "asked"), [("ocpp2.0.1", 1), ("ocpp1.6", 0)])
def test_after_a_boot_a_station_is_asked_what_it_shows(
    station: Station, protocol: str, asked: int
) -> None:
    def boots() -> int:
        ref = find_refs([station.identity])[station.identity]
        now = timezone.now()
        commit([Item(ref, protocol, "c", now, event=StationBooted("Maker", "Model"))], now)
        return CommandRow.objects.filter(name="get_display_messages").count()

    assert boots() == 0
    message(station, 1, "x", NOW)
    assert boots() == asked
