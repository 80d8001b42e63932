"""A password counts from the moment in which its station has accepted it, and not before."""

from typing import Any

import pytest

from apps.gateway.credentials import new_password

KEY = {"key": "AuthorizationKey", "value": "s3cret"}
PLACE = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
OTHER = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
SET = {"setVariableData": [{**OTHER, "attributeValue": "1"}, {**PLACE, "attributeValue": "s3cret"}]}


def result(verdict: str, other: str = "Accepted") -> dict[str, Any]:
    verdicts = [{**PLACE, "attributeStatus": verdict}, {**OTHER, "attributeStatus": other}]
    return {"setVariableResult": verdicts}


@pytest.mark.parametrize(
    ("action", "payload", "answer", "password"),
    [
        ("ChangeConfiguration", KEY, {"status": "Accepted"}, "s3cret"),
        ("ChangeConfiguration", KEY, {"status": "RebootRequired"}, "s3cret"),
        ("ChangeConfiguration", KEY, {"status": "Rejected"}, None),
        ("ChangeConfiguration", KEY, None, None),
        ("ChangeConfiguration", {"key": "Other", "value": "x"}, {"status": "Accepted"}, None),
        ("SetVariables", SET, result("Accepted", "Rejected"), "s3cret"),
        ("SetVariables", SET, result("Rejected"), None),
        ("SetVariables", SET, {"setVariableResult": "nonsense"}, None),
        ("SetVariables", {"setVariableData": [7]}, {}, None),
        ("Reset", KEY, {"status": "Accepted"}, None),
    ],
)
def test_the_password_is_the_one_that_was_accepted(
    action: str, payload: Any, answer: Any, password: str | None
) -> None:
    assert new_password(action, payload, answer) == password
