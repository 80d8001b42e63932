"""OCPP 1.6: who may charge, at the start, at the stop and after an outage."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.accounts.models import Organisation
from apps.sessions.models import Session
from apps.tokens.models import Token
from apps.tokens.services import add_token
from tests.conformance.play import Play16
from tests.conformance.shown import shown
from tests.factories import OFFICE
from tests.servers import rows

ACCEPTED = {"idTagInfo": {"status": "Accepted"}}


async def ended(transaction_id: int) -> Session:
    session = await rows(lambda: Session.objects.get(pk=transaction_id))
    assert session.state == "ended"
    return session


async def test_tc_003_csms(v16: Play16) -> None:
    await v16.booted()
    await v16.status("Preparing")
    assert await v16.authorize() == ACCEPTED
    answer = await v16.start()
    assert answer["idTagInfo"]["status"] == "Accepted"
    await v16.status("Charging")
    session = await rows(lambda: Session.objects.get(pk=answer["transactionId"]))
    assert (session.token_uid, session.state) == ("AB12", "charging")
    assert "Charging" in await shown()
    assert "AB12" in await shown(f"/sessions/{session.pk}/")


async def test_tc_004_1_csms(v16: Play16) -> None:
    await v16.booted()
    assert await v16.authorize() == ACCEPTED
    await v16.status("Preparing")
    assert (await v16.start())["idTagInfo"]["status"] == "Accepted"
    await v16.status("Charging")


async def test_tc_004_2_csms(v16: Play16) -> None:
    await v16.booted()
    assert await v16.authorize() == ACCEPTED
    await v16.status("Preparing")
    await v16.status("Available")
    assert not await rows(Session.objects.exists)


async def test_tc_005_1_csms(v16: Play16) -> None:
    await v16.booted()
    transaction_id = await v16.charging()
    await v16.status("SuspendedEV")
    assert await v16.stop(transaction_id, reason="EVDisconnected") == {}
    await v16.status("Finishing")
    await v16.status("Available")
    assert (await ended(transaction_id)).stop_reason == "EVDisconnected"


async def test_tc_007_csms(v16: Play16) -> None:
    await v16.booted()
    await v16.status("Preparing")
    answer = await v16.start()
    assert answer["idTagInfo"] == {"status": "Accepted"}
    assert answer["transactionId"] > 0


@pytest.mark.parametrize("status", ["invalid", "expired", "blocked"])
async def test_tc_023_1_023_2_023_3_csms(v16: Play16, network: Organisation, status: str) -> None:
    await v16.booted()
    await rows(
        lambda: add_token(organisation_id=network.pk, uid="BAD1", status=status, actor=OFFICE)
    )
    assert (await v16.authorize("BAD1"))["idTagInfo"]["status"] == status.capitalize()
    assert (await v16.authorize("NOBODY"))["idTagInfo"]["status"] == "Invalid"


async def test_tc_037_1_csms(v16: Play16) -> None:
    await v16.booted()
    await v16.leave()
    begun = (datetime.now(UTC) - timedelta(minutes=20)).replace(microsecond=0)
    await v16.connect()
    answer = await v16.start(timestamp=begun.isoformat())
    assert answer["idTagInfo"]["status"] == "Accepted"
    session = await rows(lambda: Session.objects.get(pk=answer["transactionId"]))
    assert session.started_at == begun


async def test_tc_037_3_csms(v16: Play16) -> None:
    await v16.booted()
    await v16.leave()
    await v16.connect()
    answer = await v16.start("NOBODY")
    assert answer["idTagInfo"]["status"] == "Invalid"
    assert await v16.stop(answer["transactionId"], reason="DeAuthorized") == {}
    session = await ended(answer["transactionId"])
    assert (session.stop_reason, "unauthorised" in session.flags) == ("DeAuthorized", True)


async def test_tc_039_csms(v16: Play16) -> None:
    await v16.booted()
    await v16.leave()
    await v16.connect()
    begun, over = (datetime.now(UTC) - timedelta(minutes=m) for m in (30, 5))
    answer = await v16.start(timestamp=begun.isoformat())
    assert answer["idTagInfo"]["status"] == "Accepted"
    stop = await v16.stop(answer["transactionId"], timestamp=over.isoformat(), idTag="AB12")
    assert stop == ACCEPTED
    session = await ended(answer["transactionId"])
    assert (session.ended_at, session.energy_wh) == (over, 5000)


async def test_tc_061_csms(v16: Play16) -> None:
    await v16.booted()
    for word in ("Accepted", "Rejected"):
        heard, outcome = await v16.ordered("clear_cache", [("ClearCache", {"status": word})])
        assert heard == [{}]
        assert outcome["status"] == word.lower()


async def test_the_parent_is_in_every_answer(
    v16: Play16, network: Organisation, card: Token
) -> None:
    await rows(lambda: Token.objects.filter(pk=card.pk).update(group="FLEET"))
    await rows(
        lambda: add_token(organisation_id=network.pk, uid="CD34", group="FLEET", actor=OFFICE)
    )
    await v16.booted()
    info = {"status": "Accepted", "parentIdTag": "FLEET"}
    assert (await v16.authorize())["idTagInfo"] == info
    answer = await v16.start()
    assert answer["idTagInfo"] == info
    assert (await v16.authorize("CD34"))["idTagInfo"] == info
    stop = await v16.stop(answer["transactionId"], idTag="CD34")
    assert stop["idTagInfo"] == info
