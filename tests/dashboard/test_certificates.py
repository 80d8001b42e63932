"""The pages about certificates."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.pki.models import IssuedCertificate
from apps.stations.models import Station
from tests.dashboard.conftest import LogIn
from tests.factories import Cast


@pytest.fixture
def issued(scene: Cast) -> IssuedCertificate:
    now = timezone.now()
    return IssuedCertificate.objects.create(
        station=scene.extras["busy"], kind="station", serial_number="1", fingerprint="a" * 64,
        key_fingerprint="b" * 64, subject="CN=SN-1", chain="", not_before=now,
        not_after=now + timedelta(days=20), issued_at=now, is_accepted=True,
    )  # fmt: skip


def test_what_ends_next_comes_first_and_belongs_to_the_reader(
    issued: IssuedCertificate, log_in: LogIn
) -> None:
    page = log_in("support").get("/certificates/").content.decode()
    assert issued.station.identity in page
    assert "Ends soon" in page
    assert issued.station.identity not in log_in("stranger").get("/certificates/").content.decode()


def test_a_certificate_is_revoked_with_a_reason_by_those_who_may(
    issued: IssuedCertificate, log_in: LogIn
) -> None:
    url, why = f"/certificates/{issued.pk}/revoke/", {"reason": "stolen"}
    assert log_in("stranger").post(url, why).status_code == 404
    assert log_in("support").post(url, why).status_code == 403
    issued.refresh_from_db()
    assert issued.revoked_at is None
    page = log_in("operator").post(url, why, follow=True).content.decode()
    assert "Revoked" in page
    issued.refresh_from_db()
    assert issued.revoked_because == "stolen"
    assert AuditEntry.objects.get(action="certificate revoked").reason == "stolen"


def test_the_tab_shows_a_station_without_any_of_it(scene: Cast, log_in: LogIn) -> None:
    station = Station.objects.filter(organisation=scene.organisation).last()
    page = log_in("admin").get(f"/stations/{station.identity}/?tab=security").content.decode()
    assert "None was issued here." in page
    assert "Renew its certificate" in page
