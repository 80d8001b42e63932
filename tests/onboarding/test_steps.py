"""What a step becomes in each version."""

from typing import Any

import pytest

from apps.domain.command import BadParameters
from apps.domain.commands import GetVariables, SetVariables
from apps.onboarding import steps
from apps.onboarding.steps import NotInThisVersion, check, command_of

INTERVAL = {
    "value": "60",
    "key": "MeterValueSampleInterval",
    "component": "SampledDataCtrlr",
    "variable": "TxUpdatedInterval",
}


def made() -> str:
    return "0123456789abcdef0123"


def becomes(name: str, parameters: dict[str, Any], protocol: str) -> Any:
    check(name, parameters)
    return command_of(name, parameters, protocol, made)


def test_a_setting_goes_by_the_name_that_the_version_has_for_it() -> None:
    old = becomes("set_setting", INTERVAL, "ocpp1.6")
    named: dict[str, Any] = {"variable": {"name": "MeterValueSampleInterval"}}
    assert old == SetVariables(({**named, "attributeValue": "60"},))
    named = {
        "component": {"name": "SampledDataCtrlr"},
        "variable": {"name": "TxUpdatedInterval"},
    }
    new = becomes("set_setting", INTERVAL, "ocpp2.0.1")
    assert new == SetVariables(({**named, "attributeValue": "60"},))


@pytest.mark.parametrize(
    ("name", "parameters", "protocol"),
    [
        ("set_setting", {"value": "1", "key": "Only16"}, "ocpp2.0.1"),
        ("set_setting", {"value": "1", "component": "C", "variable": "V"}, "ocpp1.6"),
        ("set_monitors", {"monitors": [{}]}, "ocpp1.6"),
    ],
)
def test_what_a_version_does_not_have_is_said_before_it_is_queued(
    name: str, parameters: dict[str, Any], protocol: str
) -> None:
    with pytest.raises(NotInThisVersion):
        becomes(name, parameters, protocol)


def test_what_a_version_lacks_is_passed_by_on_the_way_to_the_next_step() -> None:
    lacks: dict[str, Any] = {"value": "1", "key": "Only16"}
    waiting = [("set_setting", lacks), ("gone", {}), ("get_variables", {}), ("set_password", {})]
    ahead = steps.next_of(waiting, "ocpp2.0.1", made)
    assert ahead.command == GetVariables()
    assert [word.partition(" ")[0] for word in ahead.skipped] == ["It", "unknown"]
    assert steps.next_of(waiting[:1], "ocpp2.0.1", made).command is None
    assert steps.next_of([], "ocpp2.0.1", made) == steps.Next((), None)


@pytest.mark.parametrize(("protocol", "name"), [("ocpp1.6", "AuthorizationKey"),
                                                ("ocpp2.0.1", "BasicAuthPassword")])  # fmt: skip
def test_a_password_is_made_for_each_station(protocol: str, name: str) -> None:
    (item,) = becomes("set_password", {}, protocol).variables
    assert (item["variable"]["name"], item["attributeValue"]) == (name, made())


def test_everything_is_read_in_either_version() -> None:
    for protocol in ("ocpp1.6", "ocpp2.0.1"):
        assert becomes("get_variables", {}, protocol) == GetVariables()


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("reset", {}, "unknown step 'reset'"),
        ("install_signed_certificate", {"chain": ""}, "unknown step"),
        ("set_setting", {"key": "A"}, "'value' is required"),
        ("set_setting", {"value": "1"}, "Give 'key'"),
        ("set_setting", {"value": "1", "component": "C"}, "or neither"),
        ("set_setting", {"value": 1, "key": "A"}, "'value' must be a string"),
        ("set_setting", {"value": "1", "key": "A", "more": "x"}, "unknown parameter 'more'"),
        ("set_setting", {"value": "1", "key": "AuthorizationKey"}, "use 'set_password'"),
        ("set_password", {"password": "x"}, "give no parameters"),
        ("install_certificate", {"kind": "x", "certificate": ""}, "must be one of"),
        ("trigger_message", {}, "'message' is required"),
    ],
)
def test_a_bad_step_says_what_to_do(name: str, parameters: dict[str, Any], words: str) -> None:
    with pytest.raises(BadParameters, match=words):
        check(name, parameters)


def test_each_step_has_a_title() -> None:
    assert steps.title("set_setting", INTERVAL) == (
        "Set SampledDataCtrlr.TxUpdatedInterval / MeterValueSampleInterval to 60"
    )
    assert all(steps.title(name, {"value": ""}) for name in steps.STEPS)
