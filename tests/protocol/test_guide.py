"""The guide to a raw call: an example that would be accepted, and every member of it."""

from datetime import UTC, datetime

import pytest

from apps.domain.vocabulary import Protocol
from apps.protocol import guide, validation

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CALLS = [
    (protocol, action)
    for protocol in Protocol
    for action in sorted(validation.actions(protocol, "from_csms"))
]


@pytest.mark.parametrize(("protocol", "action"), CALLS)
@pytest.mark.parametrize("is_full", [False, True])
def test_every_example_is_accepted_by_its_schema(
    protocol: Protocol, action: str, is_full: bool
) -> None:
    made = guide.example(protocol, action, NOW, is_full=is_full)
    assert validation.problems(protocol, action, "request", made) == []


@pytest.mark.parametrize(("protocol", "action"), CALLS)
def test_the_full_example_holds_every_member(protocol: Protocol, action: str) -> None:
    made = guide.example(protocol, action, NOW, is_full=True)
    assert {member.path for member in guide.members(protocol, action)} == set(_paths(made))


def test_a_member_says_what_it_takes() -> None:
    found = {m.path: m for m in guide.members(Protocol.OCPP201, "SetVariables")}
    value = found["setVariableData[].attributeValue"]
    assert (value.kind, value.is_required) == ("text, at most 1000 characters", True)
    kind = found["setVariableData[].attributeType"]
    assert (kind.kind, kind.words[0], kind.is_required) == ("one of", "Actual", False)
    assert found["setVariableData[]"].kind == "list of 1 or more: object"


def test_the_example_is_what_people_mean() -> None:
    made = guide.example(Protocol.OCPP16, "RemoteStartTransaction", NOW)
    assert made == {"idTag": "04A2B1C3"}
    made = guide.example(Protocol.OCPP201, "ReserveNow", NOW)
    assert made["expiryDateTime"] == "2026-03-01T13:00:00Z"


def _paths(value: object, prefix: str = "") -> list[str]:
    if not isinstance(value, dict):
        return []
    found = []
    for name, inner in value.items():
        is_list = isinstance(inner, list)
        path = f"{prefix}{name}{'[]' if is_list else ''}"
        found += [path, *_paths(inner[0] if is_list else inner, f"{path}.")]
    return found
