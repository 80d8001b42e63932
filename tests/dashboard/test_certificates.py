"""The pages about certificates."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.certificates.models import IssuedCertificate
from apps.certificates.services import warn_of_ends
from apps.commands.models import CommandRow
from apps.history.models import Fact
from apps.onboarding.models import Policy
from apps.stations import passwords
from apps.stations.models import Station
from tests import factories as make
from tests.certificates import maker
from tests.certificates.records import issue
from tests.dashboard.conftest import LogIn
from tests.factories import Cast


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
    assert Fact.objects.get(kind="certificate revoked").reason == "stolen"


def test_the_tab_shows_a_station_without_any_of_it(scene: Cast, log_in: LogIn) -> None:
    station = Station.objects.filter(organisation=scene.organisation).last()
    page = log_in("admin").get(f"/stations/{station.identity}/?tab=security").content.decode()
    assert "None has been issued to this station." in page
    assert "Renew its certificate" in page


def test_a_station_that_cannot_come_in_says_why_and_is_given_a_password(
    scene: Cast, log_in: LogIn
) -> None:
    station = scene.extras["busy"]
    url = f"/stations/{station.identity}/"
    Station.objects.filter(pk=station.pk).update(security_profile=2)
    why = "It has security profile 2, which needs a password, and none is registered"
    for tab in ("overview", "security"):
        page = log_in("operator").get(url, {"tab": tab}).content.decode()
        assert why in page
        assert f"{url}password/" in page
    helper = log_in("support").get(url).content.decode()
    assert why in helper
    assert f"{url}password/" not in helper
    answer = log_in("operator").post(f"{url}password/", {"password": ""})
    made = answer.context["made"]
    assert made in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    station.refresh_from_db()
    assert passwords.matches(made.encode(), station.password_digest)
    assert why not in log_in("operator").get(url).content.decode()
    typed = log_in("operator").post(f"{url}password/", {"password": " sixteen or more "})
    assert typed.context["made"] == ""
    station.refresh_from_db()
    assert passwords.matches(b" sixteen or more ", station.password_digest)
    assert log_in("operator").post(f"{url}password/", {"password": "short"}).status_code == 422
    assert log_in("support").post(f"{url}password/", {"password": ""}).status_code == 403
    assert log_in("stranger").post(f"{url}password/", {"password": ""}).status_code == 404
    assert Fact.objects.filter(kind="station password set").count() == 2
    assert made not in str(list(Fact.objects.values()))


def test_a_station_with_an_ended_certificate_is_offered_the_policy_that_lets_it_in(
    scene: Cast, log_in: LogIn
) -> None:
    station = scene.extras["fleet"]["NL-AMS-021"]
    make.refusal(
        station.identity, at=scene.now, station_id=station.pk, reason="certificate_expired",
        organisation_id=scene.organisation.pk, detail="The client certificate has expired.",
    )  # fmt: skip
    url, words = f"/stations/{station.identity}/", "may let such stations in to renew it"
    assert words in log_in("operator").get(url).content.decode()
    Policy.objects.create(organisation=scene.organisation, renews_certificates=True)
    assert words not in log_in("operator").get(url).content.decode()


def test_engineers_see_who_signs_what(
    scene: Cast, log_in: LogIn, settings: Any, tmp_path: Path
) -> None:
    server = maker.root("Servers").sign("csms.example", ends_in=10 * maker.DAY)
    settings.VAR = tmp_path
    settings.OCPP_TLS_CERTIFICATES = (str(server.file(tmp_path, "server")),)
    settings.OCPP_CONTRACT_CA = (str(tmp_path / "nowhere.pem"),)
    page = log_in("engineer").get("/certificates/")
    rows = {row.own.subject: (row.own.use, row.chip[2]) for row in page.context["own"]}
    assert rows["OCPP platform stations"] == (
        "Signs what stations show to us (security profile 3)", "Holds",
    )  # fmt: skip
    assert rows["OCPP platform V2G"][0] == "Signs what stations show to vehicles (ISO 15118)"
    assert rows["csms.example"] == ("Shown to stations", "Ends soon")
    assert rows["—"] == ("Trusted for drivers' contracts", "Unreadable")
    assert "nowhere.pem" in page.content.decode()
    assert log_in("support").get("/certificates/").context["own"] == []


def test_nobody_is_warned_of_a_certificate_that_was_replaced(scene: Cast) -> None:
    station = scene.extras["busy"]
    issue(station)
    issue(station, not_after=scene.now + 300 * maker.DAY)
    assert warn_of_ends(now=timezone.now()) == 0


def test_a_station_with_plug_and_charge_is_asked_for_vehicles_roots_too(
    scene: Cast, log_in: LogIn
) -> None:
    url = "/stations/NL-UTR-011/actions/get_installed_certificates/"
    log_in("engineer").post(url, {})
    assert CommandRow.objects.latest("pk").parameters["kinds"] == []
    station = scene.extras["fleet"]["NL-UTR-011"]
    make.variable(station, "ISO15118PnCEnabled", "true", now=scene.now, component="")
    log_in("engineer").post(url, {})
    assert CommandRow.objects.latest("pk").parameters["kinds"] == [
        "csms_root", "manufacturer_root", "v2g_root", "mo_root", "v2g_chain",
    ]  # fmt: skip


def test_a_root_of_contracts_is_trusted_and_forgotten(scene: Cast, log_in: LogIn) -> None:
    client, add = log_in("engineer"), "/certificates/roots/add/"
    refused = client.post(add, {"certificate": "nonsense"})
    assert (refused.status_code, "no PEM certificate" in refused.content.decode()) == (422, True)
    text = maker.pem(maker.root("Mobility").certificate)
    assert client.post(add, {"certificate": text}).status_code == 302
    page = client.get("/certificates/")
    (row,) = page.context["roots"]
    assert "Mobility" in page.content.decode()
    assert log_in("support").get("/certificates/").context["roots"] == []
    forget = f"/certificates/roots/{row.root.pk}/forget/"
    assert log_in("support").post(forget).status_code == 403
    assert log_in("stranger").post(forget).status_code == 404
    assert client.post(forget).status_code == 302
    assert client.get("/certificates/").context["roots"] == []
    assert Fact.objects.filter(kind__startswith="root ").count() == 2
