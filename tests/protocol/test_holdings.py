"""Caches, lists and reservations on the wire, where the versions differ."""

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.domain.authorization import GetLocalListVersion, SendLocalList
from apps.domain.commands import Command
from apps.domain.reservations import ReservationEnd, ReservationEnded, ReserveNow
from apps.domain.vocabulary import Protocol
from apps.protocol import codec
from apps.protocol.errors import CannotEncode

V16, V201 = codec(Protocol.OCPP16), codec(Protocol.OCPP201)
FULL = {
    "uid": "AB", "type": "eMAID", "status": "NoCredit", "group": "G", "language": "de",
    "expires_at": "2030-01-01T02:00:00+02:00", "personal_message": "Hallo",
    "charging_priority": 2,
}  # fmt: skip


def test_an_entry_with_all_that_it_may_say() -> None:
    order = SendLocalList("full", 3, (FULL,))
    assert V16.encode(order)[1]["localAuthorizationList"] == [
        {
            "idTag": "AB",
            "idTagInfo": {
                "status": "Invalid", "expiryDate": "2030-01-01T00:00:00Z", "parentIdTag": "G",
            },
        }
    ]  # fmt: skip
    assert V201.encode(order)[1]["localAuthorizationList"] == [
        {
            "idToken": {"idToken": "AB", "type": "eMAID"},
            "idTokenInfo": {
                "status": "NoCredit", "cacheExpiryDateTime": "2030-01-01T00:00:00Z",
                "groupIdToken": {"idToken": "G", "type": "Central"}, "chargingPriority": 2,
                "language1": "de",
                "personalMessage": {"format": "UTF8", "content": "Hallo", "language": "de"},
            },
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    "order", [SendLocalList(), SendLocalList("full"), SendLocalList("auto", 1, ())]
)
@pytest.mark.parametrize("version", [V16, V201])
def test_a_list_that_nobody_has_filled_in_is_not_sent(version: Any, order: Command) -> None:
    with pytest.raises(CannotEncode, match="needs a version"):
        version.encode(order)


@pytest.mark.parametrize("payload", [{}, {"listVersion": "2"}, {"versionNumber": None}])
@pytest.mark.parametrize("version", [V16, V201])
def test_a_version_that_is_none_is_no_version(version: Any, payload: Any) -> None:
    outcome = version.outcome(GetLocalListVersion(), "GetLocalListVersion", payload)
    assert (outcome.status, outcome.detail) == ("accepted", "")


def test_a_parent_that_no_tag_can_be_is_left_out() -> None:
    order = ReserveNow("AB", "2030-01-01T00:00:00Z", group="G" * 21, reservation_id=4)
    assert "parentIdTag" not in V16.encode(order)[1]
    assert V201.encode(order)[1]["groupIdToken"]["idToken"] == "G" * 21


def test_a_reservation_that_ends() -> None:
    told = {"reservationId": 4, "reservationUpdateStatus": "Removed"}
    event = V201.read("ReservationStatusUpdate", told, datetime.now(UTC))
    assert event == ReservationEnded(4, ReservationEnd.REMOVED)
