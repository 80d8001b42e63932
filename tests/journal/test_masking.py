"""Secrets are recognised by the name that stands beside them."""

from typing import Any

import pytest

from apps.journal.masking import MASK, impersonal, is_secret, masked


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        ({"key": "AuthorizationKey", "value": "s"}, {"key": "AuthorizationKey", "value": MASK}),
        ({"key": "HeartbeatInterval", "value": "5"}, {"key": "HeartbeatInterval", "value": "5"}),
        ({"password": "s"}, {"password": MASK}),
        ({"apn": {"apnPassword": "s"}}, {"apn": {"apnPassword": MASK}}),
        ([{"api_key": "s"}], [{"api_key": MASK}]),
        (
            {"variable": {"name": "BasicAuthPassword"}, "attributeValue": "s"},
            {"variable": {"name": "BasicAuthPassword"}, "attributeValue": MASK},
        ),
        (
            {"variable": {"name": "BasicAuthPassword"}, "attributeStatus": "Accepted"},
            {"variable": {"name": "BasicAuthPassword"}, "attributeStatus": "Accepted"},
        ),
        ({"idTag": "AB12"}, {"idTag": "AB12"}),
        (None, None),
        ("text", "text"),
    ],
)
def test_what_is_shown(payload: Any, shown: Any) -> None:
    assert masked(payload) == shown


def test_a_payload_without_secrets_is_handed_back_as_it_is() -> None:
    payload = {"a": [{"b": 1}, {"c": {"d": "e"}}]}
    assert masked(payload) is payload


def test_masking_changes_nothing_of_what_it_is_given() -> None:
    payload = {"a": [{"password": "s"}]}
    masked(payload)
    assert payload == {"a": [{"password": "s"}]}


@pytest.mark.parametrize(
    "name", ["AuthorizationKey", "authorization-key", "Api_Key", "WifiPassword"]
)
def test_secret_names(name: str) -> None:
    assert is_secret(name)


def test_secrets_in_json_that_is_text_are_masked() -> None:
    carried = {"vendorId": "v", "data": '{"wifi": {"password": "hunter2", "name": "é"}}'}
    assert masked(carried)["data"] == f'{{"wifi": {{"password": "{MASK}", "name": "é"}}}}'
    assert masked({"data": "[" * 50_000 + "]" * 50_000}) == {"data": MASK}
    for text in ('{"name": "x"}', "{nonsense password", "[1, 2]", "{" * 5000):
        plain = {"data": text}
        assert masked(plain) is plain


def test_what_is_told_of_a_customer_is_not_kept_with_the_frames() -> None:
    told = {"requestId": 5, "seqNo": 0, "data": "AB12 charged twice"}
    assert impersonal("NotifyCustomerInformation", told) == told | {"data": MASK}
    assert impersonal("DataTransfer", told) is told
    assert impersonal("NotifyCustomerInformation", ["data"]) == ["data"]


def test_a_code_that_a_driver_types_is_a_secret() -> None:
    code = {"idToken": {"idToken": "1234", "type": "KeyCode"}}
    assert masked(code) == {"idToken": {"idToken": MASK, "type": "KeyCode"}}
    assert masked({"token": "1234", "token_type": "KeyCode"})["token"] == MASK
    card = {"idToken": {"idToken": "1234", "type": "ISO14443"}}
    assert masked(card) is card
