"""D: local authorization list."""

from typing import Any

from apps.accounts.models import Organisation
from apps.lists.models import StationList
from apps.tokens.models import Token
from apps.tokens.services import add_token
from tests.conformance.play import TOKEN, Play201
from tests.factories import OFFICE
from tests.servers import eventually, rows

ACCEPTED = {"status": "Accepted"}
AB12 = {"idToken": TOKEN, "idTokenInfo": ACCEPTED}
CD34 = {"idToken": {"idToken": "CD34", "type": "ISO14443"}, "idTokenInfo": ACCEPTED}


async def known() -> StationList:
    return await rows(lambda: StationList.objects.get(station__identity="CP1"))


async def acknowledged(version: int) -> None:
    await eventually(lambda: StationList.objects.filter(version_held=version).exists())


async def add(network: Organisation, uid: str) -> Token:
    return await rows(lambda: add_token(organisation_id=network.pk, uid=uid, actor=OFFICE))


async def sent(v201: Play201, answer: Any = ACCEPTED, **parameters: Any) -> tuple[Any, Any]:
    """The list that the operator sends, and what he hears."""
    answers = [("SendLocalList", answer)]
    heard, outcome = await v201.ordered("send_local_list", answers, **parameters)
    return heard[0], outcome


async def test_tc_d_01_csms(v201: Play201, network: Organisation) -> None:
    await v201.booted()
    await add(network, "CD34")
    message, outcome = await sent(v201)
    assert message == {
        "versionNumber": 1,
        "updateType": "Full",
        "localAuthorizationList": [AB12, CD34],
    }
    assert (outcome["status"], outcome["state"]) == ("accepted", "confirmed")
    row = await known()
    assert (row.version_held, sorted(row.held)) == (1, ["ISO14443|AB12", "ISO14443|CD34"])


async def test_tc_d_02_csms(v201: Play201, network: Organisation) -> None:
    await v201.booted()
    await sent(v201)
    await add(network, "CD34")
    message, _ = await sent(v201)
    assert message == {
        "versionNumber": 2,
        "updateType": "Differential",
        "localAuthorizationList": [CD34],
    }
    assert (await known()).version_held == 2


async def test_tc_d_03_csms(v201: Play201, network: Organisation) -> None:
    await v201.booted()
    gone = await add(network, "CD34")
    await sent(v201)
    await rows(gone.delete)
    message, _ = await sent(v201)
    assert message == {
        "versionNumber": 2,
        "updateType": "Differential",
        "localAuthorizationList": [{"idToken": CD34["idToken"]}],
    }
    assert list((await known()).held) == ["ISO14443|AB12"]


async def test_tc_d_04_csms(v201: Play201, network: Organisation, card: Token) -> None:
    await v201.booted()
    await sent(v201)
    await rows(card.delete)
    message, _ = await sent(v201)
    assert message == {"versionNumber": 2, "updateType": "Full"}
    assert (await known()).held == {}
    message, _ = await sent(v201, mode="full", entries=[])
    assert message == {"versionNumber": 3, "updateType": "Full"}


async def test_tc_d_08_csms(v201: Play201) -> None:
    await v201.booted()
    await sent(v201)
    answers = [("GetLocalListVersion", {"versionNumber": 1})]
    heard, outcome = await v201.ordered("get_local_list_version", answers)
    assert heard == [{}]
    assert (outcome["status"], outcome["detail"]) == ("accepted", "1")
    assert (await known()).held is not None
    answers = [("GetLocalListVersion", {"versionNumber": 7})]
    await v201.ordered("get_local_list_version", answers)
    assert (await known()).held is None
    message, _ = await sent(v201)
    assert (message["updateType"], message["versionNumber"]) == ("Full", 8)


async def test_tc_d_09_csms(v201: Play201) -> None:
    await v201.booted()
    answers = [("GetLocalListVersion", {"versionNumber": 0})]
    _, outcome = await v201.ordered("get_local_list_version", answers)
    assert outcome["status"] == "accepted"
    assert (await known()).version_held == 0
    assert (await sent(v201))[0]["updateType"] == "Full"


async def test_a_differential_that_fails_is_followed_by_a_full_list(
    v201: Play201, network: Organisation
) -> None:
    await v201.booted()
    await sent(v201)
    await add(network, "CD34")
    for word in ("Failed", "VersionMismatch"):
        message, outcome = await sent(v201, {"status": word}, mode="differential")
        assert (message["updateType"], outcome["status"]) == ("Differential", "rejected")
        full = await v201.answered("SendLocalList", ACCEPTED)
        assert full["updateType"] == "Full"
        assert full["versionNumber"] == message["versionNumber"] + 1
        assert full["localAuthorizationList"][:2] == [AB12, CD34]
        await acknowledged(full["versionNumber"])
        await add(network, f"NEXT{word}")
