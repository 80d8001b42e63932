"""OCPP 1.6: reservation of a connector, or of any."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.reservations import services
from apps.reservations.models import Reservation
from apps.sessions.models import Session
from apps.tokens.models import Token
from apps.tokens.services import add_token
from tests.conformance.play import Play16
from tests.factories import OFFICE
from tests.servers import rows

ACCEPTED = {"status": "Accepted"}


async def reserved(
    v16: Play16, answer: Any = ACCEPTED, **parameters: Any
) -> tuple[Any, Any, Reservation]:
    ends_at = datetime.now(UTC) + timedelta(minutes=30)
    given = {"token": "AB12", "expires_at": ends_at.isoformat()} | parameters
    heard, outcome = await v16.ordered("reserve_now", [("ReserveNow", answer)], **given)
    made = await rows(lambda: Reservation.objects.get(pk=heard[0]["reservationId"]))
    return heard[0], outcome, made


async def again(made: Reservation) -> Reservation:
    return await rows(lambda: Reservation.objects.get(pk=made.pk))


async def used(v16: Play16, made: Reservation, tag: str = "AB12") -> None:
    answer = await v16.start(tag, reservationId=made.pk)
    assert answer["idTagInfo"]["status"] == "Accepted"
    stored = await again(made)
    assert (stored.state, stored.session_id) == ("used", answer["transactionId"])
    session = await rows(lambda: Session.objects.get(pk=answer["transactionId"]))
    assert session.reservation_id == made.pk


async def test_tc_046_csms(v16: Play16) -> None:
    await v16.booted()
    message, outcome, made = await reserved(v16, evse_id=1)
    assert message.keys() == {"connectorId", "expiryDate", "idTag", "reservationId"}
    assert (message["connectorId"], message["idTag"]) == (1, "AB12")
    assert (outcome["status"], made.state) == ("accepted", "accepted")
    await v16.status("Reserved")
    assert (await v16.authorize())["idTagInfo"]["status"] == "Accepted"
    await v16.status("Preparing")
    await used(v16, made)


async def test_tc_047_csms(v16: Play16) -> None:
    """1.6 has no message that says so: the station shows Available, our clock the rest."""
    await v16.booted()
    _, _, made = await reserved(v16, evse_id=1)
    await v16.status("Reserved")
    await v16.status("Available")
    just_before = made.expires_at
    assert await rows(lambda: services.expire(now=just_before)) == 0
    later = made.expires_at + timedelta(minutes=5)
    assert await rows(lambda: services.expire(now=later)) == 1
    assert await rows(lambda: services.expire(now=later)) == 0
    assert (await again(made)).state == "expired"


@pytest.mark.parametrize("word", ["Faulted", "Occupied", "Rejected"])
async def test_tc_048_1_048_2_048_4_csms(v16: Play16, word: str) -> None:
    await v16.booted()
    if word != "Rejected":
        await v16.status("Faulted" if word == "Faulted" else "Preparing")
    _, outcome, made = await reserved(v16, {"status": word}, evse_id=1)
    assert (outcome["status"], outcome["detail"]) == ("rejected", word)
    assert (made.state, made.detail) == ("refused", word)


async def test_tc_048_3_csms(v16: Play16) -> None:
    await v16.booted()
    answers = [("ChangeAvailability", ACCEPTED)]
    heard, _ = await v16.ordered("change_availability", answers, operative=False, evse_id=1)
    assert heard == [{"connectorId": 1, "type": "Inoperative"}]
    await v16.status("Unavailable")
    _, _, made = await reserved(v16, {"status": "Unavailable"}, evse_id=1)
    assert (made.state, made.detail) == ("refused", "Unavailable")


async def test_tc_049_csms(v16: Play16) -> None:
    await v16.booted()
    message, outcome, made = await reserved(v16)
    assert message["connectorId"] == 0
    assert outcome["state"] == "confirmed"
    await v16.status("Reserved", 0)
    await v16.status("Preparing")
    await used(v16, made)


async def test_tc_051_csms(v16: Play16) -> None:
    await v16.booted()
    _, _, made = await reserved(v16, evse_id=1)
    await v16.status("Reserved")
    answers = [("CancelReservation", ACCEPTED)]
    heard, outcome = await v16.ordered("cancel_reservation", answers, reservation_id=made.pk)
    assert (heard, outcome["status"]) == ([{"reservationId": made.pk}], "accepted")
    await v16.status("Available")
    assert (await again(made)).state == "cancelled"


async def test_tc_052_csms(v16: Play16) -> None:
    await v16.booted()
    _, _, made = await reserved(v16, evse_id=1)
    answers = [("CancelReservation", {"status": "Rejected"})]
    _, outcome = await v16.ordered("cancel_reservation", answers, reservation_id=made.pk)
    assert outcome["status"] == "rejected"
    assert (await again(made)).state == "accepted"


async def test_tc_053_csms(v16: Play16, network: Organisation, card: Token) -> None:
    await rows(lambda: Token.objects.filter(pk=card.pk).update(group="FLEET"))
    await rows(
        lambda: add_token(organisation_id=network.pk, uid="CD34", group="FLEET", actor=OFFICE)
    )
    await v16.booted()
    message, _, made = await reserved(v16, evse_id=1)
    assert (message["idTag"], message["parentIdTag"]) == ("AB12", "FLEET")
    await v16.status("Reserved")
    info = {"status": "Accepted", "parentIdTag": "FLEET"}
    assert (await v16.authorize("CD34"))["idTagInfo"] == info
    await v16.status("Preparing")
    await used(v16, made, "CD34")


async def test_no_type_of_connector_can_be_reserved(v16: Play16) -> None:
    await v16.booted()
    given = {"token": "AB12", "expires_at": "2099-01-01T00:00:00Z", "connector_type": "cType2"}
    body = {"command": "reserve_now", "parameters": given}
    status, refused = await v16.operator.request("POST", "stations/CP1/commands/", body)
    assert status == 400
    assert "never a type of connector" in str(refused)
    assert not await rows(Reservation.objects.exists)
