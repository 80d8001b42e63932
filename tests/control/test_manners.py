"""What makes ask of commands: an address they can fetch, a pause after a session."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.control.services import give
from apps.domain.commands import BadParameters, RawCall, parse
from apps.sessions.models import Session
from apps.stations.models import Station
from tests import factories as make

FIRMWARE = {"location": "https://files.example/f.bin"}


def of_make(station: Station, vendor: str, protocol: str = "ocpp1.6") -> User:
    station.vendor, station.protocol = vendor, protocol
    station.save(update_fields=["vendor", "protocol"])
    return make.user(station.organisation, "anna", Role.ADMIN)


def update(**more: Any) -> Any:
    return parse("update_firmware", FIRMWARE | more)


def test_an_address_that_a_make_cannot_fetch_is_refused_in_words(station: Station) -> None:
    anna = of_make(station, "OpenEVSE")
    with pytest.raises(BadParameters, match="by http:// only"):
        give(anna, station, update())
    give(anna, station, update(location="HTTP://files.example/f.bin"))


def test_others_fetch_from_any_address_and_a_call_word_for_word_is_left(station: Station) -> None:
    give(of_make(station, "Other"), station, update())
    payload = FIRMWARE | {"retrieveDate": "2030-01-01T00:00:00Z"}
    station.vendor = "OpenEVSE"
    give(User.objects.get(), station, RawCall("UpdateFirmware", payload))


@pytest.mark.parametrize(
    ("vendor", "ended_s", "waits_s"), [("FoxESS", 30, 150), ("FoxESS", 400, 0), ("Other", 30, 0)]
)
def test_a_start_waits_as_long_as_its_make_needs_after_a_session(
    station: Station, vendor: str, ended_s: int, waits_s: int
) -> None:
    anna, now = of_make(station, vendor, "ocpp2.0.1"), timezone.now()
    ended_at = now - timedelta(seconds=ended_s)
    Session.objects.create(
        organisation=station.organisation, station=station, transaction_id="T", evse_id=1,
        started_at=ended_at - timedelta(hours=1), ended_at=ended_at, last_event_at=ended_at,
        last_received_at=now,
        protocol="ocpp2.0.1",
    )  # fmt: skip
    row = give(anna, station, parse("start_session", {"token": "AB12", "evse_id": 1}))
    if not waits_s:
        assert row.due_at is None
        return
    assert row.due_at == ended_at + timedelta(seconds=180)
    assert row.expires_at > row.due_at
    assert give(anna, station, parse("reset", {})).due_at is None
