"""What was found of a station's clock is kept, and told to people and programs."""

from datetime import timedelta

from django.utils import timezone

from apps.batch.items import Item
from apps.domain.clocks import Judged
from apps.domain.events import HeartbeatReceived
from apps.ingest.commit import commit
from apps.stations.models import Station
from apps.stations.refs import find_refs
from tests.api.conftest import Program


def test_a_clock_that_is_hours_off_is_shown_with_what_to_set(
    admin: Program, charger: Station
) -> None:
    now = timezone.now()
    judged = Judged(7_200.4, None, now - timedelta(seconds=1))
    ref = find_refs([charger.identity])[charger.identity]
    item = Item(ref, "ocpp1.6", "socket", now, HeartbeatReceived(), clock=judged)
    commit([item], now)
    told = admin.get(f"stations/{charger.identity}/").json()["clock"]
    assert (told["offset_s"], told["drift_s_per_day"]) == (7200.4, None)


def test_a_clock_that_nobody_heard_is_not_judged(admin: Program, charger: Station) -> None:
    assert admin.get(f"stations/{charger.identity}/").json()["clock"] is None
