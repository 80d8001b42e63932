"""Policies, steps, and the answers of a station that takes what it is told."""

from datetime import UTC, datetime
from typing import Any

from apps.accounts.models import Organisation
from apps.onboarding.models import Policy, RecipeStep, Setup
from apps.stations.models import Station
from tests.servers import eventually, rows
from tests.wire import Wire

INTERVAL = {
    "value": "60",
    "key": "MeterValueSampleInterval",
    "component": "SampledDataCtrlr",
    "variable": "TxUpdatedInterval",
}
READ: tuple[str, dict[str, Any]] = ("get_variables", {"variables": []})
SET: tuple[str, dict[str, Any]] = ("set_setting", INTERVAL)
ACCEPTED = {"status": "Accepted"}


def now() -> datetime:
    return datetime.now(UTC)


async def wants(network: Organisation, *steps: tuple[str, dict[str, Any]], **policy: Any) -> None:
    """The organisation's steps, and its policy."""

    def write() -> None:
        Policy.objects.update_or_create(organisation=network, defaults=policy)
        for position, (name, parameters) in enumerate(steps, start=1):
            RecipeStep.objects.create(
                organisation=network, position=position, name=name, parameters=parameters
            )

    await rows(write)


async def obeyed(wire: Wire, status: str = "Accepted") -> tuple[str, Any]:
    """Answer the next call as a station that does so; what it was."""
    _, message_id, action, payload = await wire.next_call()
    await wire.send([3, message_id, _answer(action, payload, status)])
    if action == "GetBaseReport" and status == "Accepted":
        await wire.ask("NotifyReport", report(payload["requestId"]))
    return action, payload


def report(request_id: int) -> dict[str, Any]:
    """A report that has nothing to tell, in one part."""
    return {"requestId": request_id, "generatedAt": now().isoformat(), "seqNo": 0, "tbc": False}


def _answer(action: str, payload: Any, status: str) -> Any:
    if action == "SetVariables":
        items = payload["setVariableData"]
        return {"setVariableResult": [_bare(item) | {"attributeStatus": status} for item in items]}
    if action == "GetVariables":
        items = payload["getVariableData"]
        read = {"attributeStatus": "Accepted", "attributeValue": "60"}
        return {"getVariableResult": [_bare(item) | read for item in items]}
    if action == "GetConfiguration":
        known = {"readonly": False, "value": "60"}
        return {"configurationKey": [{"key": key} | known for key in payload.get("key", ["A"])]}
    return {"status": status}


def _bare(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != "attributeValue"}


async def stage(identity: str, wanted: str) -> Setup:
    """The set-up of the station, once it has come so far."""
    return await eventually(
        lambda: Setup.objects.filter(station__identity=identity, stage=wanted).first(), wanted
    )


async def station(identity: str) -> Station:
    return await rows(lambda: Station.objects.select_related("location").get(identity=identity))
