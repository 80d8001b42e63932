"""What is sent word for word has the same effect as the command that it means."""

from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.commands.models import CommandRow, State
from apps.lists.models import StationList
from apps.power.models import HeldProfile
from apps.stations.models import Station
from tests.conformance.play import Play, Play16, Play201
from tests.conformance.secure import play_over
from tests.gateway.secure import Secure, basic
from tests.servers import eventually, rows

OLD, NEW = "an-old-password-of-20", "a-new-password-of-20"
KEY = "0123456789abcdef0123456789abcdef01234567"
ACCEPTED = {"status": "Accepted"}
PASSWORD_AT = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
PRIORITY_AT = {
    "component": {"name": "OCPPCommCtrlr"},
    "variable": {"name": "NetworkConfigurationPriority"},
}


async def is_refused(play: Play, **how: Any) -> bool:
    try:
        await play.connect(**how)
    except Exception as refusal:  # noqa: BLE001 - whatever websockets makes of a 401
        return "401" in str(refusal) or "403" in str(refusal)
    return False


def set_to(place: dict[str, Any], value: str) -> dict[str, Any]:
    return {"setVariableData": [place | {"attributeValue": value}]}


def is_set(place: dict[str, Any]) -> dict[str, Any]:
    return {"setVariableResult": [place | {"attributeStatus": "Accepted"}]}


async def only_command(name: str, state: State) -> CommandRow:
    found = CommandRow.objects.filter(name=name, state=state)
    row = await eventually(found.first, f"{name} {state}")
    assert row.verbatim is not None
    return row


async def test_a_password_is_changed(secure: Secure, network: Organisation) -> None:
    profile_1 = {"security_profile": 1, "password": OLD}
    async with play_over(Play201, secure, network, **profile_1) as play:
        await play.connect(is_plain=True, **basic("CP1", OLD))
        await play.booted()
        _, outcome = await play.told("SetVariables", set_to(PASSWORD_AT, NEW), is_set(PASSWORD_AT))
        assert outcome["status"] == "accepted"
        assert NEW not in str(outcome)
        await play.leave()
        assert await is_refused(play, is_plain=True, **basic("CP1", OLD))
        await play.connect(is_plain=True, **basic("CP1", NEW))
        row = await rows(lambda: CommandRow.objects.get(name="set_variables"))
        assert NEW not in f"{row.verbatim} {row.parameters} {row.request}"


async def test_a_key_of_1_6_is_changed(secure: Secure, network: Organisation) -> None:
    profile_1 = {"security_profile": 1, "password": OLD}
    async with play_over(Play16, secure, network, **profile_1) as play:
        await play.connect(is_plain=True, **basic("CP1", OLD))
        await play.booted()
        call = {"key": "AuthorizationKey", "value": KEY}
        _, outcome = await play.told("ChangeConfiguration", call, ACCEPTED)
        assert (outcome["status"], KEY in str(outcome)) == ("accepted", False)
        await play.leave()
        assert await is_refused(play, is_plain=True, **basic("CP1", OLD))
        await play.connect(is_plain=True, **basic("CP1", bytes.fromhex(KEY)))


async def test_the_profile_of_2_0_1_is_raised(secure: Secure, network: Organisation) -> None:
    profile_1 = {"security_profile": 1, "password": OLD}
    async with play_over(Play201, secure, network, **profile_1) as play:
        await play.connect(is_plain=True, **basic("CP1", OLD))
        await play.booted()
        data = {
            "ocppVersion": "OCPP20", "ocppTransport": "JSON", "ocppCsmsUrl": secure.ocpp,
            "messageTimeout": 30, "securityProfile": 2, "ocppInterface": "Wired0",
        }  # fmt: skip
        slot = {"configurationSlot": 1, "connectionData": data}
        await play.told("SetNetworkProfile", slot, ACCEPTED)
        await play.told("SetVariables", set_to(PRIORITY_AT, "1,0"), is_set(PRIORITY_AT))
        await play.told("Reset", {"type": "OnIdle"}, ACCEPTED)
        await is_raised(play)


async def test_the_profile_of_1_6_is_raised(secure: Secure, network: Organisation) -> None:
    profile_1 = {"security_profile": 1, "password": OLD}
    async with play_over(Play16, secure, network, **profile_1) as play:
        await play.connect(is_plain=True, **basic("CP1", OLD))
        await play.booted()
        call = {"key": "SecurityProfile", "value": "2"}
        await play.told("ChangeConfiguration", call, ACCEPTED)
        await play.told("Reset", {"type": "Hard"}, ACCEPTED)
        await is_raised(play)


async def is_raised(play: Play) -> None:
    """It may come back over TLS, and then no longer without."""
    await play.leave()
    await play.connect(**basic("CP1", OLD))
    await play.wire.boot()
    station = await rows(lambda: Station.objects.get(identity="CP1"))
    assert station.security_profile == 2
    await only_command("reset", State.CONFIRMED)
    await play.leave()
    assert await is_refused(play, is_plain=True, **basic("CP1", OLD))


async def test_a_limit_is_known(v201: Play201) -> None:
    await v201.booted()
    period = {"startPeriod": 0, "limit": 16.0}
    profile = {
        "id": 77, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative", "chargingSchedule": [
            {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
        ],
    }  # fmt: skip
    call = {"evseId": 1, "chargingProfile": profile}
    heard, _ = await v201.told("SetChargingProfile", call, ACCEPTED)
    assert heard == call
    held = await rows(HeldProfile.objects.get)
    assert (held.number, held.evse_id, held.purpose) == (77, 1, "TxDefaultProfile")
    await v201.told("ClearChargingProfile", {"chargingProfileId": 77}, ACCEPTED)
    assert not await rows(HeldProfile.objects.exists)


async def test_an_upload_is_followed_by_its_own_number(v201: Play201) -> None:
    await v201.booted()
    where = {"remoteLocation": "https://files.example/logs/"}
    call = {"requestId": 991, "logType": "DiagnosticsLog", "log": where}
    await v201.told("GetLog", call, ACCEPTED)
    await v201.ask("LogStatusNotification", {"status": "Uploaded", "requestId": 991})
    row = await only_command("get_log", State.CONFIRMED)
    assert row.progress == "Uploaded"


@pytest.mark.parametrize("version", [3, 41])
async def test_a_list_is_known(v16: Play16, version: int) -> None:
    await v16.booted()
    entries = [{"idTag": "AB12", "idTagInfo": {"status": "Accepted"}}]
    call = {"listVersion": version, "updateType": "Full", "localAuthorizationList": entries}
    await v16.told("SendLocalList", call, ACCEPTED)
    kept = await rows(StationList.objects.get)
    assert (kept.version_held, list(kept.held)) == (version, ["ISO14443|AB12"])
    call = {"listVersion": version + 1, "updateType": "Differential"}
    await v16.told("SendLocalList", call, {"status": "VersionMismatch"})
    kept = await rows(StationList.objects.get)
    assert kept.held is None
    assert v16.wire.calls.empty()


async def test_a_customer_who_is_erased_leaves_the_list_too(v201: Play201) -> None:
    await v201.booted()
    token = {"idToken": "AB12", "type": "ISO14443"}
    entry = {"idToken": token, "idTokenInfo": {"status": "Accepted"}}
    call = {"versionNumber": 4, "updateType": "Full", "localAuthorizationList": [entry]}
    await v201.told("SendLocalList", call, ACCEPTED)
    call = {"requestId": 5, "report": False, "clear": True, "idToken": token}
    await v201.told("CustomerInformation", call, ACCEPTED)
    sent = await v201.answered("SendLocalList", ACCEPTED)
    assert sent == {
        "versionNumber": 5, "updateType": "Differential",
        "localAuthorizationList": [{"idToken": token}],
    }  # fmt: skip


async def test_nothing_follows_unasked(v201: Play201) -> None:
    """A value that was set word for word is not read back; asking for it confirms it."""
    await v201.booted()
    place = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
    await v201.told("SetVariables", set_to(place, "60"), is_set(place))
    value = place | {"attributeStatus": "Accepted", "attributeValue": "60"}
    await v201.told("GetVariables", {"getVariableData": [place]}, {"getVariableResult": [value]})
    await only_command("set_variables", State.CONFIRMED)
    assert v201.wire.calls.empty()
