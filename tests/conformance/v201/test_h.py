"""H: reservation."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.reservations.models import Reservation
from apps.sessions.models import Session
from apps.stations.models import Connector
from apps.tokens.models import Token
from apps.tokens.services import add_token
from tests.conformance.play import TOKEN, Play201
from tests.factories import OFFICE
from tests.servers import eventually, rows

ACCEPTED = {"status": "Accepted"}


def soon() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def reserved(
    v201: Play201, answer: Any = ACCEPTED, **parameters: Any
) -> tuple[Any, Any, Reservation]:
    """What reached the station, what the operator hears, and what is stored."""
    answers = [("ReserveNow", answer)]
    given = {"token": "AB12", "expires_at": soon()} | parameters
    heard, outcome = await v201.ordered("reserve_now", answers, **given)
    made = await rows(lambda: Reservation.objects.get(pk=heard[0]["id"]))
    return heard[0], outcome, made


async def is_in(state: str, made: Reservation) -> None:
    stored = await rows(lambda: Reservation.objects.get(pk=made.pk))
    assert stored.state == state


async def test_tc_h_01_csms(v201: Play201) -> None:
    await v201.booted()
    expires_at = soon()
    message, outcome, made = await reserved(v201, evse_id=1, expires_at=expires_at)
    assert message == {
        "id": made.pk, "expiryDateTime": expires_at, "idToken": TOKEN, "evseId": 1,
    }  # fmt: skip
    assert (outcome["status"], outcome["state"], made.state) == ("accepted",) * 2 + ("accepted",)
    await v201.status("Reserved")
    confirmed = await v201.operator.request("GET", f"commands/{outcome['id']}/")
    assert (confirmed[1]["state"], confirmed[1]["observed"]) == (
        "confirmed", "The station shows Reserved",
    )  # fmt: skip
    info = await v201.event("Started", "Authorized", evse=1, token=TOKEN, reservationId=made.pk)
    assert info["idTokenInfo"]["status"] == "Accepted"
    await is_in("used", made)
    session = await rows(lambda: Session.objects.get(transaction_id=v201.transaction_id))
    used = await rows(lambda: Reservation.objects.get(pk=made.pk))
    assert (session.reservation_id, used.session_id) == (made.pk, session.pk)


async def test_tc_h_07_csms(v201: Play201) -> None:
    await v201.booted()
    _, _, made = await reserved(v201, evse_id=1)
    await v201.status("Reserved")
    told = {"reservationId": made.pk, "reservationUpdateStatus": "Expired"}
    assert await v201.ask("ReservationStatusUpdate", told) == {}
    await v201.status("Available")
    await is_in("expired", made)


async def test_tc_h_08_csms(v201: Play201) -> None:
    await v201.booted()
    message, outcome, made = await reserved(v201)
    assert message.keys() == {"id", "expiryDateTime", "idToken"}
    assert (outcome["status"], outcome["state"]) == ("accepted", "confirmed")
    await is_in("accepted", made)


async def test_tc_h_14_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.status("Available", 2)
    ids = set()
    for evse in (1, 2):
        message, outcome, made = await reserved(v201)
        assert not message.keys() & {"evseId", "connectorType"}
        assert outcome["status"] == "accepted"
        ids.add(made.pk)
        if evse == 2:
            await v201.status("Reserved", 1)
            await v201.status("Reserved", 2)
    assert len(ids) == 2
    statuses = await rows(lambda: list(Connector.objects.values_list("status", flat=True)))
    assert statuses == ["Reserved", "Reserved"]


async def test_tc_h_15_csms(v201: Play201) -> None:
    await v201.booted()
    message, outcome, made = await reserved(v201, connector_type="cType2")
    assert message["connectorType"] == "cType2"
    assert "evseId" not in message
    assert (outcome["status"], made.connector_type) == ("accepted", "cType2")


async def test_tc_h_17_csms(v201: Play201) -> None:
    await v201.booted()
    _, _, made = await reserved(v201, evse_id=1)
    await v201.status("Reserved")
    answers = [("CancelReservation", ACCEPTED)]
    heard, outcome = await v201.ordered("cancel_reservation", answers, reservation_id=made.pk)
    assert heard == [{"reservationId": made.pk}]
    assert (outcome["status"], outcome["state"]) == ("accepted", "confirmed")
    await v201.status("Available")
    await is_in("cancelled", made)


async def test_tc_h_19_csms(v201: Play201, network: Organisation, card: Token) -> None:
    await rows(lambda: Token.objects.filter(pk=card.pk).update(group="FLEET"))
    await rows(
        lambda: add_token(organisation_id=network.pk, uid="CD34", group="FLEET", actor=OFFICE)
    )
    await v201.booted()
    message, _, made = await reserved(v201, evse_id=1)
    group = {"idToken": "FLEET", "type": "Central"}
    assert message["groupIdToken"] == group
    await v201.status("Reserved")
    other = {"idToken": "CD34", "type": "ISO14443"}
    accepted = {"status": "Accepted", "groupIdToken": group}
    assert (await v201.authorize(other))["idTokenInfo"] == accepted
    answer = await v201.event("Started", "Authorized", evse=1, token=other, reservationId=made.pk)
    assert answer["idTokenInfo"] == accepted
    await is_in("used", made)


async def test_tc_h_20_csms(v201: Play201) -> None:
    await v201.booted()
    _, _, made = await reserved(v201, evse_id=1)
    await v201.status("Reserved")
    await v201.status("Faulted")
    told = {"reservationId": made.pk, "reservationUpdateStatus": "Removed"}
    assert await v201.ask("ReservationStatusUpdate", told) == {}
    await is_in("removed", made)


@pytest.mark.parametrize("word", ["Rejected", "Occupied", "Faulted", "Unavailable"])
async def test_tc_h_22_csms(v201: Play201, word: str) -> None:
    await v201.booted()
    _, outcome, made = await reserved(v201, {"status": word}, evse_id=1)
    assert (outcome["status"], outcome["detail"]) == ("rejected", word)
    assert (made.state, made.detail) == ("refused", word)


async def test_bad_orders_say_what_to_do(v201: Play201) -> None:
    await v201.booted()
    bad = {"token": "", "expires_at": "tomorrow", "evse_id": 1, "connector_type": "cType9"}
    body = {"command": "reserve_now", "parameters": bad}
    status, answer = await v201.operator.request("POST", "stations/CP1/commands/", body)
    assert status == 400
    assert ["'token'" in words for words in answer["error"]["details"]] == [True]
    bad["token"] = "AB12"
    status, answer = await v201.operator.request("POST", "stations/CP1/commands/", body)
    assert status == 400
    assert len(answer["error"]["details"]) == 3
    body = {"command": "cancel_reservation", "parameters": {"reservation_id": 77}}
    status, answer = await v201.operator.request("POST", "stations/CP1/commands/", body)
    assert (status, answer["error"]["details"]) == (400, ["this station has no reservation 77"])
    assert not await rows(Reservation.objects.exists)


async def test_one_that_the_station_does_not_know_is_acknowledged(v201: Play201) -> None:
    await v201.booted()
    told = {"reservationId": 4711, "reservationUpdateStatus": "Removed"}
    assert await v201.ask("ReservationStatusUpdate", told) == {}
    answer = await v201.event("Started", "Authorized", evse=1, token=TOKEN, reservationId=4711)
    assert answer["idTokenInfo"]["status"] == "Accepted"
    await eventually(lambda: Session.objects.filter(reservation_id=4711).exists())
