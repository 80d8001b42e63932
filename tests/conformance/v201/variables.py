"""Some variables of a station, and how it answers about them."""

from typing import Any

from apps.stations.models import Variable
from tests.servers import rows

ACCEPTED = {"status": "Accepted"}
OFFLINE = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "OfflineThreshold"}}
REMOTE = {"component": {"name": "AuthCtrlr"}, "variable": {"name": "AuthorizeRemoteStart"}}


def read(*variables: Any, value: str = "60") -> dict[str, Any]:
    """An answer to GetVariables."""
    known = {"attributeStatus": "Accepted", "attributeValue": value}
    return {"getVariableResult": [variable | known for variable in variables]}


def written(*variables: Any, status: str = "Accepted") -> dict[str, Any]:
    """An answer to SetVariables."""
    return {"setVariableResult": [variable | {"attributeStatus": status} for variable in variables]}


GONE = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "Gone"}}


async def stored(variable: Any) -> Variable:
    names = {"component": variable["component"]["name"], "variable": variable["variable"]["name"]}
    return await rows(lambda: Variable.objects.get(**names))
