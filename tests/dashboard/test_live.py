"""What is on the screen follows what is announced, and nothing else reaches it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.batch.items import Item
from apps.batch.refs import StationRef
from apps.commands.services import queue
from apps.dashboard import fragments
from apps.dashboard.access import zone_of
from apps.domain.commands import ResetStation
from apps.domain.events import (
    ConnectorStatusChanged,
    Event,
    FirmwareProgressed,
    Sample,
    SessionEnded,
    SessionUpdated,
)
from apps.domain.vocabulary import ChargingState, ConnectorStatus
from apps.ingest.commit import commit
from apps.stations.models import Connector, Station
from apps.stations.services import sweep_presence
from tests.dashboard.conftest import LogIn
from tests.dashboard.law import obey
from tests.factories import Cast

Happen = Callable[[Cast], object]


def tell(station: Station, event: Event) -> None:
    """As if the station had said it."""
    ref = StationRef(**{f: _ref_value(station, f) for f in StationRef.__dataclass_fields__})
    now = timezone.now()
    commit([Item(ref, station.protocol, station.connection_id, now, event=event)], now)


def _ref_value(station: Station, name: str) -> Any:
    return station.pk if name == "id" else getattr(station, name)


def a_connector_becomes_free(scene: Cast) -> None:
    now = timezone.now()
    tell(scene.extras["busy"], ConnectorStatusChanged(1, 1, ConnectorStatus.AVAILABLE, now))


def a_connector_faults(scene: Cast) -> None:
    now = timezone.now()
    tell(scene.extras["busy"],
         ConnectorStatusChanged(2, 1, ConnectorStatus.FAULTED, now, "GroundFailure"))  # fmt: skip


def power_changes(scene: Cast) -> None:
    now = timezone.now()
    sample = Sample(now, register_wh=18_226_000.0, power_w=12_345.0, soc_pct=60.0)
    tell(scene.extras["busy"], SessionUpdated(
        at=now, transaction_id=scene.extras["running"].transaction_id, seq=90,
        charging_state=ChargingState.CHARGING, samples=(sample,)))  # fmt: skip


def the_session_ends(scene: Cast) -> None:
    tell(scene.extras["busy"], SessionEnded(
        at=timezone.now(), transaction_id=scene.extras["running"].transaction_id, seq=99,
        stop_reason="EVDisconnected"))  # fmt: skip


def a_station_falls_silent(scene: Cast) -> None:
    now = timezone.now()
    Station.objects.filter(pk=scene.extras["busy"].pk).update(last_seen_at=now - timedelta(hours=2))
    sweep_presence(now=now, factor=3)


def a_command_is_queued(scene: Cast) -> None:
    station = scene.extras["busy"]
    queue(
        organisation_id=station.organisation_id,
        station_id=station.pk,
        identity=station.identity,
        command=ResetStation("on_idle"),
        now=timezone.now(),
        actor="Anna Visser",
    )


def firmware_is_reported(scene: Cast) -> None:
    tell(scene.extras["quiet"], FirmwareProgressed("InstallationFailed"))


HAPPENINGS: tuple[Happen, ...] = (
    a_connector_becomes_free,
    a_connector_faults,
    power_changes,
    the_session_ends,
    a_station_falls_silent,
    a_command_is_queued,
    firmware_is_reported,
)


@pytest.mark.parametrize("happen", HAPPENINGS, ids=lambda happen: happen.__name__)
@pytest.mark.parametrize(
    "page", ["/", "/stations/", "station", "/sessions/", "session", "/commands/", "maintenance"]
)
def test_a_stale_page_and_the_announced_changes_make_the_fresh_page(
    page: str,
    happen: Happen,
    scene: Cast,
    log_in: LogIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    url = {
        "station": f"/stations/{scene.extras['busy'].identity}/",
        "maintenance": f"/stations/{scene.extras['quiet'].identity}/?tab=maintenance",
        "session": f"/sessions/{scene.extras['running'].pk}/",
    }.get(page, page)
    actor = scene.operator
    with timezone.override(zone_of(actor)):
        obey(
            log_in("operator"), actor, url, lambda: happen(scene), monkeypatch,
            django_capture_on_commit_callbacks,
        )  # fmt: skip


def test_the_law_would_notice_a_change_that_nobody_announced(
    scene: Cast,
    log_in: LogIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    def in_secret() -> None:
        Connector.objects.filter(station=scene.extras["busy"]).update(status="Faulted")

    with timezone.override(zone_of(scene.operator)), pytest.raises(AssertionError):
        obey(
            log_in("operator"), scene.operator, "/stations/", in_secret, monkeypatch,
            django_capture_on_commit_callbacks,
        )  # fmt: skip


@pytest.mark.parametrize("name", sorted(fragments.REGISTRY))
def test_no_fragment_shows_a_stranger_anything_of_ours(name: str, scene: Cast) -> None:
    busy, running = scene.extras["busy"], scene.extras["running"]
    keys = [
        str(busy.pk),
        f"{busy.pk}-1",
        str(running.pk),
        "all",
        "stations",
        *map(str, range(1, 60)),
    ]
    shown = "".join(
        fragments.render(name, it, scene.stranger)
        for it in fragments.load(scene.stranger, name, keys)
    )
    assert "NL-" not in shown
    assert "04A2C9E1" not in shown


def test_a_fragment_needs_the_permission_of_its_page(scene: Cast) -> None:
    running = scene.extras["running"]
    (sheet,) = fragments.load(scene.finance, "session-sheet", [str(running.pk)])
    assert "/actions/" not in fragments.render("session-sheet", sheet, scene.finance)
    assert fragments.load(scene.finance, "station-row", [str(scene.extras["busy"].pk)]) == []
    assert fragments.load(scene.finance, "command-life", ["1"]) == []
    assert fragments.load(scene.finance, "nav-count", ["attention"]) == []
