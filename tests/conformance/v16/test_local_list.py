"""OCPP 1.6: the local authorization list."""

from typing import Any

from apps.accounts.models import Organisation
from apps.campaigns.models import Target
from apps.lists.models import StationList
from apps.tokens.services import add_token
from tests.conformance.play import Play16
from tests.factories import OFFICE
from tests.servers import rows

ACCEPTED = {"status": "Accepted"}


async def known() -> StationList:
    return await rows(lambda: StationList.objects.get(station__identity="CP1"))


async def sent(v16: Play16, answer: Any = ACCEPTED, **parameters: Any) -> tuple[Any, Any]:
    answers = [("SendLocalList", answer)]
    heard, outcome = await v16.ordered("send_local_list", answers, **parameters)
    return heard[0], outcome


async def test_tc_042_1_csms(v16: Play16) -> None:
    await v16.booted()
    answers = [("GetLocalListVersion", {"listVersion": -1})]
    heard, outcome = await v16.ordered("get_local_list_version", answers)
    assert (heard, outcome["detail"]) == ([{}], "-1")
    assert (await known()).is_supported is False


async def test_tc_042_2_csms(v16: Play16) -> None:
    await v16.booted()
    answers = [("GetLocalListVersion", {"listVersion": 0})]
    heard, outcome = await v16.ordered("get_local_list_version", answers)
    assert (heard, outcome["detail"]) == ([{}], "0")
    row = await known()
    assert (row.is_supported, row.version_held) == (True, 0)


async def test_tc_043_1_csms(v16: Play16) -> None:
    await v16.booted()
    message, outcome = await sent(v16, {"status": "NotSupported"}, mode="full")
    assert message["updateType"] == "Full"
    assert (outcome["status"], outcome["detail"]) == ("rejected", "NotSupported")
    row = await known()
    assert (row.is_supported, row.push) == (False, "failed")


async def test_tc_043_3_csms(v16: Play16) -> None:
    await v16.booted()
    message, outcome = await sent(v16, {"status": "Failed"}, mode="full")
    assert message["updateType"] == "Full"
    assert outcome["detail"] == "Failed"
    row = await known()
    assert (row.held, row.push, row.answer) == (None, "failed", "Failed")
    resting = await rows(lambda: Target.objects.get(station_id=row.station_id))
    assert resting.next_at > row.answered_at


async def test_tc_043_4_043_5_csms(v16: Play16, network: Organisation) -> None:
    await v16.booted()
    await rows(
        lambda: add_token(organisation_id=network.pk, uid="CD34", group="FLEET", actor=OFFICE)
    )
    message, outcome = await sent(v16)
    assert message == {
        "listVersion": 1,
        "updateType": "Full",
        "localAuthorizationList": [
            {"idTag": "AB12", "idTagInfo": ACCEPTED},
            {"idTag": "CD34", "idTagInfo": ACCEPTED | {"parentIdTag": "FLEET"}},
        ],
    }
    assert outcome["state"] == "confirmed"
    await rows(lambda: add_token(organisation_id=network.pk, uid="EF56", actor=OFFICE))
    message, _ = await sent(v16)
    assert message == {
        "listVersion": 2,
        "updateType": "Differential",
        "localAuthorizationList": [{"idTag": "EF56", "idTagInfo": ACCEPTED}],
    }
    assert len((await known()).held) == 3


async def test_what_no_tag_can_be_is_left_out(v16: Play16, network: Organisation) -> None:
    """A tag has no type and at most 20 characters."""
    await rows(
        lambda: add_token(organisation_id=network.pk, uid="X" * 30, type="eMAID", actor=OFFICE)
    )
    await v16.booted()
    message, outcome = await sent(v16)
    assert [item["idTag"] for item in message["localAuthorizationList"]] == ["AB12"]
    assert outcome["status"] == "accepted"
