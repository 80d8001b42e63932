"""C: authorization (the certificates of C_50 to C_52 have a file of their own)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.commands.models import CommandRow
from apps.journal.models import Message
from apps.sessions.models import Session
from apps.tokens.models import Attempt, Token
from apps.tokens.services import add_token, set_policy
from tests.conformance.play import TOKEN, Play201
from tests.factories import OFFICE
from tests.servers import rows

SECOND = {"idToken": "CD34", "type": "ISO14443"}
MASTER = {"idToken": "MASTER1", "type": "KeyCode"}
GROUP = {"idToken": "FLEET", "type": "Central"}
MASTER_GROUP = {"idToken": "MasterPassGroupId", "type": "Central"}


async def make(network: Organisation, uid: str, **fields: Any) -> Token:
    return await rows(
        lambda: add_token(organisation_id=network.pk, uid=uid, **fields, actor=OFFICE)
    )


@pytest.fixture
async def fleet(network: Organisation, card: Token) -> None:
    """AB12 and CD34 are of one group."""
    await rows(lambda: Token.objects.filter(pk=card.pk).update(group="FLEET"))
    await make(network, "CD34", group="FLEET")


@pytest.fixture
async def master(network: Organisation) -> None:
    """MASTER1 is of the group that the organisation has named as its master pass."""
    await rows(lambda: set_policy(network.pk, master_pass_group="MasterPassGroupId", actor=OFFICE))
    await make(network, "MASTER1", type="KeyCode", group="MasterPassGroupId")


async def test_tc_c_02_csms(v201: Play201) -> None:
    await v201.booted()
    unknown = {"idToken": "NOBODY", "type": "ISO14443"}
    assert (await v201.authorize(unknown))["idTokenInfo"] == {"status": "Unknown"}
    attempt = await rows(lambda: Attempt.objects.get(uid="NOBODY"))
    assert attempt.verdict == "Unknown"


async def test_tc_c_06_csms(v201: Play201, network: Organisation) -> None:
    await v201.booted()
    await make(network, "BAD1", status="blocked")
    answer = await v201.authorize({"idToken": "bad1", "type": "ISO14443"})
    assert answer["idTokenInfo"]["status"] == "Blocked"
    answer = await v201.authorize({"idToken": "BAD1", "type": "eMAID"})
    assert answer["idTokenInfo"]["status"] == "Blocked"


async def test_tc_c_07_csms(v201: Play201, network: Organisation) -> None:
    await v201.booted()
    await make(network, "OLD1", expires_at=datetime(2025, 1, 1, tzinfo=UTC))
    info = (await v201.authorize({"idToken": "OLD1", "type": "ISO14443"}))["idTokenInfo"]
    assert info == {"status": "Expired", "cacheExpiryDateTime": "2025-01-01T00:00:00Z"}


async def test_tc_c_08_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.status("Occupied")
    await v201.event("Started", "CablePluggedIn", "EVConnected", evse=1)
    answer = await v201.event("Updated", "Authorized", token=TOKEN)
    assert answer["idTokenInfo"]["status"] == "Accepted"


async def test_tc_c_20_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.event("Started", "CablePluggedIn", "EVConnected", evse=1)
    invalid = {"idToken": "CACHED", "type": "ISO14443"}
    answer = await v201.event("Updated", "Authorized", token=invalid)
    assert answer["idTokenInfo"]["status"] in {"Invalid", "Unknown"}
    info = {"stoppedReason": "DeAuthorized"}
    await v201.event("Ended", "Deauthorized", info=info)
    session = await rows(lambda: Session.objects.get(transaction_id=v201.transaction_id))
    assert session.stop_reason == "DeAuthorized"
    assert "unauthorised" in session.flags


async def test_tc_c_37_38_csms(v201: Play201) -> None:
    await v201.booted()
    heard, outcome = await v201.ordered("clear_cache", [("ClearCache", {"status": "Accepted"})])
    assert heard == [{}]
    assert (outcome["status"], outcome["state"]) == ("accepted", "confirmed")
    heard, outcome = await v201.ordered("clear_cache", [("ClearCache", {"status": "Rejected"})])
    assert outcome["status"] == "rejected"


@pytest.mark.usefixtures("fleet")
async def test_tc_c_39_csms(v201: Play201) -> None:
    await v201.booted()
    accepted = {"status": "Accepted", "groupIdToken": GROUP}
    assert (await v201.authorize())["idTokenInfo"] == accepted
    await v201.status("Occupied")
    answer = await v201.event("Started", "Authorized", "EVConnected", evse=1, token=TOKEN)
    assert answer["idTokenInfo"] == accepted
    await v201.event("Updated", "ChargingStateChanged", "Charging")
    assert (await v201.authorize(SECOND))["idTokenInfo"] == accepted
    assert (await v201.event("Updated", "StopAuthorized", token=SECOND))["idTokenInfo"] == accepted
    await v201.event("Ended", "EVCommunicationLost", info={"stoppedReason": "Local"})
    session = await rows(lambda: Session.objects.get(transaction_id=v201.transaction_id))
    assert session.token_uid == "AB12"
    assert "unauthorised" not in session.flags


@pytest.mark.usefixtures("fleet")
async def test_tc_c_40_csms(v201: Play201) -> None:
    await v201.booted()
    answers = [("SendLocalList", {"status": "Accepted"})]
    heard, _ = await v201.ordered("send_local_list", answers, mode="full")
    listed = {item["idToken"]["idToken"]: item for item in heard[0]["localAuthorizationList"]}
    accepted = {"status": "Accepted", "groupIdToken": GROUP}
    assert {uid: item["idTokenInfo"] for uid, item in listed.items()} == {
        "AB12": accepted,
        "CD34": accepted,
    }
    answer = await v201.event("Started", "Authorized", "EVConnected", evse=1, token=TOKEN)
    assert answer["idTokenInfo"] == accepted
    assert (await v201.event("Updated", "StopAuthorized", token=SECOND))["idTokenInfo"] == accepted


@pytest.mark.usefixtures("fleet")
async def test_tc_c_43_csms(v201: Play201) -> None:
    await v201.booted()
    accepted = {"status": "Accepted", "groupIdToken": GROUP}
    answer = await v201.event("Started", "Authorized", "EVConnected", evse=1, token=TOKEN)
    assert answer["idTokenInfo"] == accepted
    assert (await v201.authorize(SECOND))["idTokenInfo"] == accepted
    info = {"stoppedReason": "Local"}
    ended = await v201.event("Ended", "StopAuthorized", token=SECOND, info=info)
    assert ended["idTokenInfo"] == accepted


@pytest.mark.usefixtures("master")
async def test_tc_c_47_csms(v201: Play201) -> None:
    await v201.booted()
    transactions = []
    for evse in (1, 2):
        await v201.charging(evse=evse)
        transactions.append((v201.transaction_id, v201.seq_no))
    await _passes(v201)
    for v201.transaction_id, v201.seq_no in transactions:
        await _stopped_by_master(v201)
    states = await rows(lambda: list(Session.objects.values_list("state", "stop_reason")))
    assert states == [("ended", "MasterPass")] * 2


@pytest.mark.usefixtures("master")
async def test_tc_c_48_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.charging()
    first, seq_no = v201.transaction_id, v201.seq_no
    await v201.charging(evse=2)
    other = v201.transaction_id
    await _passes(v201)
    v201.transaction_id, v201.seq_no = first, seq_no
    await _stopped_by_master(v201)
    running = await rows(lambda: Session.objects.get(ended_at=None))
    assert running.transaction_id == other


@pytest.mark.usefixtures("master")
async def test_tc_c_49_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.charging()
    await _passes(v201)
    await _stopped_by_master(v201)


@pytest.mark.usefixtures("master")
async def test_a_master_pass_begins_nothing(v201: Play201) -> None:
    """C16: in the first message of a session, and in a later one that begins it."""
    await v201.booted()
    answer = await v201.event("Started", "Authorized", evse=1, token=MASTER)
    assert answer["idTokenInfo"]["status"] == "Invalid"
    await v201.event("Started", "CablePluggedIn", evse=2)
    answer = await v201.event("Updated", "Authorized", token=MASTER)
    assert answer["idTokenInfo"]["status"] == "Invalid"


async def test_one_session_at_a_time(v201: Play201, network: Organisation) -> None:
    await rows(lambda: set_policy(network.pk, max_sessions=1, actor=OFFICE))
    await make(network, "MANY", max_sessions=2)
    await v201.booted()
    await v201.charging()
    first, seq_no = v201.transaction_id, v201.seq_no
    refused = await v201.event("Started", "Authorized", evse=2, token=TOKEN)
    assert refused["idTokenInfo"]["status"] == "ConcurrentTx"
    await v201.event("Ended", "Deauthorized", info={"stoppedReason": "DeAuthorized"})
    await v201.charging({"idToken": "MANY", "type": "ISO14443"}, evse=3)
    await v201.charging({"idToken": "MANY", "type": "ISO14443"}, evse=4)
    v201.transaction_id, v201.seq_no = first, seq_no
    await v201.stopped()
    await v201.charging(evse=2)
    flags = await rows(lambda: Session.objects.get(transaction_id=first).flags)
    assert "unauthorised" not in flags


async def test_all_that_a_token_may_tell(v201: Play201, network: Organisation) -> None:
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    await make(
        network, "DE-ABC-C123", type="eMAID", group="FLEET", language="de", expires_at=soon,
        personal_message="Willkommen", charging_priority=-3,
    )  # fmt: skip
    await v201.booted()
    answer = await v201.authorize({"idToken": "de-abc-c123", "type": "eMAID"})
    assert answer["idTokenInfo"] == {
        "status": "Accepted",
        "cacheExpiryDateTime": soon.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "groupIdToken": GROUP,
        "language1": "de",
        "personalMessage": {"format": "UTF8", "language": "de", "content": "Willkommen"},
        "chargingPriority": -3,
    }
    nobody = {"idToken": "", "type": "NoAuthorization"}
    assert (await v201.authorize(nobody))["idTokenInfo"] == {"status": "Accepted"}


async def test_a_code_that_a_driver_types_is_in_no_log(
    v201: Play201, network: Organisation
) -> None:
    await make(network, "4711-8642", type="KeyCode")
    code = {"idToken": "4711-8642", "type": "KeyCode"}
    assert (await v201.authorize(code))["idTokenInfo"]["status"] == "Accepted"
    await v201.event("Started", "Authorized", "EVConnected", evse=1, token=code)
    await v201.told(
        "RequestStartTransaction", {"idToken": code, "remoteStartId": 7}, {"status": "Rejected"}
    )
    kept = await rows(lambda: list(Message.objects.values_list("action", "payload", "answer")))
    assert {"Authorize", "TransactionEvent", "RequestStartTransaction"} <= {k[0] for k in kept}
    assert "4711-8642" not in str(kept)
    command = await rows(lambda: CommandRow.objects.get(name="start_session"))
    assert "4711-8642" not in f"{command.verbatim} {command.request} {command.parameters}"


async def _passes(v201: Play201) -> None:
    info = (await v201.authorize(MASTER))["idTokenInfo"]
    assert info == {"status": "Accepted", "groupIdToken": MASTER_GROUP}


async def _stopped_by_master(v201: Play201) -> None:
    info = {"stoppedReason": "MasterPass"}
    answer = await v201.event("Ended", "StopAuthorized", token=MASTER, info=info)
    assert answer["idTokenInfo"] == {"status": "Accepted", "groupIdToken": MASTER_GROUP}
