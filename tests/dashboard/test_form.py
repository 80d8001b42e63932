"""The card of what was odd about a station's messages, and the switch of how they are read."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.commands.models import CommandRow
from apps.domain.vocabulary import LINK_LOST
from apps.history.models import Fact
from apps.stations.models import FormCount, Station
from tests import factories as make
from tests.dashboard.conftest import LogIn
from tests.factories import Cast


def busy(scene: Cast) -> Station:
    found: Station = scene.extras["busy"]
    return found


def page(client: Client, station: Station) -> str:
    return client.get(reverse("dashboard:station", args=[station.identity])).content.decode()


def count(station: Station, action: str, rule: str, path: str = "", **more: object) -> None:
    now = timezone.now()
    seen = {"first_at": now - timedelta(days=3), "last_at": now - timedelta(minutes=5)}
    FormCount.objects.create(station=station, action=action, rule=rule, path=path, **seen, **more)


def test_the_card_says_what_where_how_often_and_what_to_do(scene: Cast, log_in: LogIn) -> None:
    count(
        busy(scene), "StopTransaction", "decimal_for_whole", "/meterStop", count=41, firmware="9z"
    )
    count(busy(scene), "Authorize", "unknown_member", detail="connectorId")
    shown = page(log_in("operator"), busy(scene))
    assert "decimals where a whole number belongs" in shown
    for words in ("meterStop", ">41<", "9z", "connectorId", "Ask the maker for a firmware update"):
        assert words in shown
    assert "not taken" not in shown


def test_what_is_not_sent_by_itself_any_more_is_said(scene: Cast, log_in: LogIn) -> None:
    station, now = busy(scene), timezone.now()
    for _ in range(2):
        CommandRow.objects.create(
            organisation_id=station.organisation_id, station_id=station.pk,
            identity=station.identity, name="get_transaction_status", is_unasked=True,
            parameters={"transaction_id": "t"}, state="error", detail=LINK_LOST,
            created_at=now, sent_at=now, expires_at=now,
        )  # fmt: skip
    shown = page(log_in("operator"), station)
    assert shown.count("Get transaction status is not sent by itself any more") == 1
    assert reverse("dashboard:command", args=[CommandRow.objects.latest("pk").pk]) in shown


def test_messages_about_money_that_were_not_taken_are_said_first(
    scene: Cast, log_in: LogIn
) -> None:
    count(busy(scene), "StopTransaction", "strict_form", count=2)
    count(busy(scene), "", "too_large")
    shown = page(log_in("support"), busy(scene))
    assert "3 messages about money were not taken, the last" in shown
    assert "refused, because the station is read strictly" in shown


def test_nothing_odd_is_said_of_another_station(scene: Cast, log_in: LogIn) -> None:
    other = Station.objects.exclude(pk=busy(scene).pk).first()
    assert other is not None
    count(other, "Heartbeat", "null_member", "/odd-one-out")
    assert "odd-one-out" not in page(log_in("operator"), busy(scene))


def test_a_refused_charger_is_mended_from_the_inbox(scene: Cast, log_in: LogIn) -> None:
    station, client = busy(scene), log_in("operator")
    for reason in ("no_subprotocol", "wrong_password"):
        make.refusal(
            station.identity, at=timezone.now(), reason=reason, http_status=400,
            station_id=station.pk, organisation_id=station.organisation_id,
        )  # fmt: skip
    inbox = client.get(reverse("dashboard:stations")).content.decode()
    assert "Assume OCPP 1.6" in inbox
    assert reverse("dashboard:station-password", args=[station.identity]) in inbox
    address = reverse("dashboard:station-protocol", args=[station.identity])
    assert client.post(address, {"protocol": "ocpp1.6"}).status_code == 302
    assert "is assumed" in page(client, station)
    assert client.post(address, {"protocol": "ocpp9"}).status_code == 400
    client.post(address, {"protocol": ""})
    assert "is assumed" not in page(client, station)


@pytest.mark.parametrize(
    ("role", "status"), [("operator", 302), ("support", 403), ("stranger", 404)]
)
def test_who_may_edit_a_station_says_how_it_is_read(
    scene: Cast, log_in: LogIn, role: str, status: int
) -> None:
    station, client = busy(scene), log_in(role)
    address = reverse("dashboard:station-reading", args=[station.identity])
    assert client.post(address, {"reading": "strict"}).status_code == status
    station.refresh_from_db()
    assert station.reading == ("strict" if status == 302 else "tolerant")
    if status == 302:
        assert Fact.objects.latest("id").details == {"changes": {"reading": ["tolerant", "strict"]}}
        assert client.post(address, {"reading": "lenient"}).status_code == 400
        assert '<option value="strict" selected>' in page(client, station)
