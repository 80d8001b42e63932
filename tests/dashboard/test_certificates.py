"""The pages about certificates."""

import pytest

from apps.accounts.models import AuditEntry
from apps.commands.models import CommandRow
from apps.pki.models import IssuedCertificate
from apps.stations.models import Station
from tests import factories as make
from tests.dashboard.conftest import LogIn
from tests.factories import Cast
from tests.pki.records import issue


@pytest.fixture
def issued(scene: Cast) -> IssuedCertificate:
    return issue(scene.extras["busy"])


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


def test_a_station_with_plug_and_charge_is_asked_for_vehicles_roots_too(
    scene: Cast, log_in: LogIn
) -> None:
    url = "/stations/NL-UTR-011/actions/get_installed_certificates/"
    log_in("operator").post(url, {})
    assert CommandRow.objects.latest("pk").parameters["kinds"] == []
    station = scene.extras["fleet"]["NL-UTR-011"]
    make.variable(station, "ISO15118PnCEnabled", "true", now=scene.now, component="")
    log_in("operator").post(url, {})
    assert CommandRow.objects.latest("pk").parameters["kinds"] == [
        "csms_root", "manufacturer_root", "v2g_root", "mo_root", "v2g_chain",
    ]  # fmt: skip
