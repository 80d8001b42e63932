"""Warnings before a certificate ends."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.pki import services
from apps.pki.expiry import due
from apps.pki.models import IssuedCertificate
from apps.stations.models import Station, StationNotice

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


def test_a_notice_stands_at_the_station_and_is_not_repeated(station: Station) -> None:
    def issue(number: int, **fields: object) -> IssuedCertificate:
        known = {
            "kind": "station", "serial_number": "1", "fingerprint": f"{number:064}",
            "key_fingerprint": f"{number:064}", "subject": f"CN=SN-{number}", "chain": "",
            "not_before": NOW, "not_after": NOW + timedelta(days=20), "issued_at": NOW,
        }  # fmt: skip
        return IssuedCertificate.objects.create(station=station, **(known | fields))

    issue(1)
    issue(2, revoked_at=NOW)
    issue(3, is_accepted=False)
    issue(4, not_after=NOW + timedelta(days=200))
    assert services.warn_of_ends(now=NOW) == 1
    assert services.warn_of_ends(now=NOW) == 0
    assert services.warn_of_ends(now=NOW + timedelta(days=14)) == 1
    notices = StationNotice.objects.filter(station=station, title="CertificateEndsSoon")
    assert [n.detail for n in notices] == ["CN=SN-1 ends on 2026-05-21; renew it."] * 2
