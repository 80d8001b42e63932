"""L-01, L-03: no message is longer, or has more entries, than the station said it takes."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.utils import timezone

from apps.stations.models import Station, Variable
from tests.conformance.play import Play201
from tests.servers import rows

SIX = [
    {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": f"Variable{n}"}} for n in range(6)
]
DELTA = {"type": "Delta", "value": 1, "severity": 8}


def accepted(member: str, result: str, **more: Any) -> Callable[[Any], Any]:
    """The answer that accepts each entry of a call."""
    return lambda sent: {
        result: [
            {name: entry[name] for name in entry if name not in ("attributeValue", "value")} | more
            for entry in sent[member]
        ]
    }


def cleared(sent: Any) -> Any:
    return {"clearMonitoringResult": [{"id": n, "status": "Accepted"} for n in sent["id"]]}


CASES: list[tuple[str, str, str, dict[str, Any], str, Callable[[Any], Any]]] = [
    ("DeviceDataCtrlr", "GetVariables", "get_variables", {"variables": SIX}, "getVariableData",
     accepted("getVariableData", "getVariableResult", attributeStatus="Accepted",
              attributeValue="1")),
    ("DeviceDataCtrlr", "SetVariables", "set_variables",
     {"variables": [one | {"attributeValue": "1"} for one in SIX]}, "setVariableData",
     accepted("setVariableData", "setVariableResult", attributeStatus="Accepted")),
    ("DeviceDataCtrlr", "GetReport", "get_report", {"variables": SIX}, "componentVariable",
     lambda _: {"status": "Accepted"}),
    ("MonitoringCtrlr", "SetVariableMonitoring", "set_monitors",
     {"monitors": [one | DELTA for one in SIX]}, "setMonitoringData",
     accepted("setMonitoringData", "setMonitoringResult", status="Accepted", id=1)),
    ("MonitoringCtrlr", "ClearVariableMonitoring", "clear_monitors",
     {"ids": [1000, 2000, 3000, 4000, 5000, 6000]}, "id", cleared),
]  # fmt: skip


@pytest.mark.parametrize(
    ("component", "action", "command", "given", "member", "answer"),
    CASES,
    ids=lambda v: str(v)[:24],
)
@pytest.mark.parametrize("kind", ["ItemsPerMessage", "BytesPerMessage"])
async def test_the_device_model_says_how_long_a_message_may_be(
    v201: Play201, kind: str, component: str, action: str, command: str, given: dict[str, Any],
    member: str, answer: Callable[[Any], Any],
) -> None:  # fmt: skip
    await v201.booted()
    entries = next(iter(given.values()))
    room = 160 if action == "GetReport" else 100
    most = 4 if kind == "ItemsPerMessage" else room + len(orjson.dumps(entries)) * 2 // 3
    await rows(lambda: _limit(component, f"{kind}/{action}", most))
    outcome = asyncio.create_task(v201.operator.command(command, **given))
    heard = []
    for _ in range(2):
        frame = await v201.wire.next_call()
        assert frame[2] == action
        heard.append(len(frame[3][member]))
        assert kind == "ItemsPerMessage" or len(orjson.dumps(frame)) <= most
        await v201.wire.send([3, frame[1], answer(frame[3])])
    assert (await outcome)["status"] == "accepted"
    assert sum(heard) == 6
    assert kind == "BytesPerMessage" or heard == [4, 2]


def _limit(component: str, variable: str, most: int) -> None:
    Variable.objects.create(
        station=Station.objects.get(), component=component, variable=variable, value=str(most),
        read_at=timezone.now(),
    )  # fmt: skip
