"""Warnings before a certificate ends."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from apps.certificates import services
from apps.certificates.expiry import due
from apps.certificates.tasks import warn_of_ends
from apps.stations.models import Station, StationNotice
from tests.certificates.records import issue

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days_left", "warned_d", "warning"),
    [
        (91, None, None),
        (90, None, 90),
        (31, 90, None),
        (30, 90, 30),
        (7, 30, 7),
        (7, 7, None),
        (5, None, 7),
        (0, None, None),
        (-1, 30, None),
    ],
)
def test_each_warning_comes_once(days_left: int, warned_d: int | None, warning: int | None) -> None:
    assert due(NOW + timedelta(days=days_left), warned_d, NOW) == warning


def test_beat_looks_every_six_hours(station: Station) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["certificates-ending"]
    assert (entry["task"], entry["schedule"]) == ("certificates.warn_of_ends", 6 * 3600)
    issue(station)
    assert warn_of_ends.name == entry["task"]
    for _ in range(2):
        warn_of_ends()
    assert StationNotice.objects.filter(title="CertificateEndsSoon").count() == 1


def test_a_notice_stands_at_the_station_and_is_not_repeated(station: Station) -> None:
    ends = {"not_after": NOW + timedelta(days=20)}
    issue(station, subject="CN=SN-1", **ends)
    issue(station, revoked_at=NOW, **ends)
    issue(station, is_accepted=False, **ends)
    issue(station, kind="v2g", not_after=NOW + timedelta(days=200))
    assert services.warn_of_ends(now=NOW) == 1
    assert services.warn_of_ends(now=NOW) == 0
    assert services.warn_of_ends(now=NOW + timedelta(days=14)) == 1
    notices = StationNotice.objects.filter(station=station, title="CertificateEndsSoon")
    assert [n.detail for n in notices] == ["CN=SN-1 ends on 2026-05-21; renew it."] * 2
