"""After a boot the profiles that we assume are asked for, once, of those who can tell."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from apps.batch.items import Item
from apps.commands.models import CommandRow
from apps.domain.events import StationBooted
from apps.domain.profiles import MAX, ChargingProfile, ChargingSchedule, Period
from apps.ingest.commit import commit
from apps.power import services
from apps.stations.models import Station
from apps.stations.refs import find_refs
from tests.factories import Cast, cast, station


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def boots(of: Station) -> list[CommandRow]:
    ref = find_refs([of.identity])[of.identity]
    now = timezone.now()
    event = StationBooted("Maker", "Model", firmware=of.firmware)
    commit([Item(ref, of.protocol, of.connection_id, now, event=event)], now)
    return list(CommandRow.objects.filter(name="get_charging_profiles"))


def holds(of: Station) -> None:
    timed = ChargingSchedule("A", (Period(0, 16.0),), datetime(2030, 1, 1, tzinfo=UTC))
    profile = ChargingProfile(0, MAX, "Absolute", (timed,), id=1)
    services.keep(of, 0, profile, 0, timezone.now())


def test_a_station_that_holds_profiles_is_asked(people: Cast) -> None:
    charger = station(people.location, "A", now=people.now)
    assert boots(charger) == []
    holds(charger)
    assert [row.actor for row in boots(charger)] == ["reconciliation"]


def test_a_1_6_station_is_not_asked_what_it_cannot_say(people: Cast) -> None:
    charger = station(people.location, "A", now=people.now, protocol="ocpp1.6")
    holds(charger)
    assert boots(charger) == []
