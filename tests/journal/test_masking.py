"""Secrets are recognised by the name that stands beside them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.vocabulary import Protocol
from apps.journal.masking import impersonal, masked, masked_frame
from apps.journal.secrecy import MASK, NOT_KEPT, hidden_in, is_secret, may_tell
from apps.protocol import validation
from tests.journal.planting import TEXT, planted
from tests.protocol.payloads import build


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


MESSAGES = [
    (protocol, action, kind)
    for protocol in Protocol
    for direction in ("from_station", "from_csms")
    for action in sorted(validation.actions(protocol, direction))  # type: ignore[arg-type]
    for kind in ("request", "response")
]


@pytest.mark.parametrize(("protocol", "action", "kind"), MESSAGES)
def test_a_secret_in_any_place_of_any_message_is_masked_once(
    protocol: Protocol, action: str, kind: str
) -> None:
    payload = planted(protocol, action, kind)
    shown = masked(payload)
    assert TEXT not in str(shown)
    assert masked(shown) == shown
    assert shown == payload or may_tell(json.dumps(payload))


@pytest.mark.parametrize(("protocol", "action", "kind"), MESSAGES)
def test_a_message_without_secrets_is_kept_as_it_came(
    protocol: Protocol, action: str, kind: str
) -> None:
    payload = build(protocol, action, kind=kind, is_full=True)
    for secret in ("password", "apnPassword", "simPin", "key"):  # these are, whatever they hold
        payload.get("connectionData", {}).get("vpn", {}).pop(secret, None)
        payload.get("connectionData", {}).get("apn", {}).pop(secret, None)
    assert masked(payload) is payload


parts = st.sampled_from([
    "pin", "Token", "id", "Key", "pass", "word", "api", "_", "-", ".", " ", "auth", "Type",
    "orized", "P", "wd", "sim", "vpn", "Secret", "x",
])  # fmt: skip
names = st.lists(parts, min_size=1, max_size=5).map("".join)


@given(names, st.sampled_from(["{}", '{{"data": {}}}', '{{"vpn": {}}}', '[{}, "idToken"]']))
def test_the_quick_look_passes_over_nothing_that_the_careful_one_hides(
    name: str, around: str
) -> None:
    text = around.format(json.dumps({name: "4711"}))
    if masked(json.loads(text)) != json.loads(text):
        assert may_tell(text)


@given(st.text(alphabet="{}[]\"':,=;@/?&# pinPASStoken\\u0047•", max_size=60))
def test_any_text_is_masked_once_and_without_a_complaint(text: str) -> None:
    for mask in (hidden_in, masked, masked_frame):
        assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ftp://fred:s@h/x", f"ftp://fred:{MASK}@h/x"),
        ("https://s3cr3t@h/x", f"https://{MASK}@h/x"),
        ("https://h/fw.bin?v=2&sig=s%3D&X-Amz-Signature=s", f"https://h/fw.bin?v=2&sig={MASK}&X-Amz-Signature={MASK}"),
        ("https://h/x?%73ig=s#access_token=s", f"https://h/x?%73ig={MASK}#access_token={MASK}"),
        ("https://h/x?t=abcdefghij0123456789", f"https://h/x?t={MASK}"),
        ("at ftp://fred:s@h, then http://h/?token=s", f"at ftp://fred:{MASK}@h, then http://h/?token={MASK}"),
        ("x?sig=SEKRET53", f"x?sig={MASK}"),
        ("/logs/a.zip?v=1&X-Amz-Signature=s", f"/logs/a.zip?v=1&X-Amz-Signature={MASK}"),
        ("put 'a?%73ig=s' there, see https://h/x", f"put 'a?%73ig={MASK}' there, see https://h/x"),
        ("x?v=abcdefghij0123456789&n=2", "x?v=abcdefghij0123456789&n=2"),
        ("https://h/firmware/1.2.bin?version=12", "https://h/firmware/1.2.bin?version=12"),
        ("Authorization: Bearer s", f"Authorization: Bearer {MASK}"),
        ("2025-03-04T08:00:00Z", "2025-03-04T08:00:00Z"),
        ("mail a@b.example: all is well", "mail a@b.example: all is well"),
    ],
)  # fmt: skip
def test_what_is_shown_of_a_text(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert shown == text or may_tell(json.dumps(text))


def test_a_frame_that_cannot_be_read_is_kept_where_it_holds_no_secret() -> None:
    assert masked_frame('[3,"m",{"token":"s"}]') == f'[3, "m", {{"token": "{MASK}"}}]'
    assert masked_frame('[2,"m","Heartbeat",{"password":"s') == NOT_KEPT
    assert masked_frame('[2,"m","Heartbeat",{"\\u0070in":"s') == NOT_KEPT
    harmless = '[2,"m","Heartbeat",{"a":"\\ud800"}'
    assert masked_frame(harmless) is harmless


@pytest.mark.parametrize("name", ["idToken", "TokenType", "HeartbeatInterval", "MasterPassGroupId"])
def test_names_that_only_look_like_secrets(name: str) -> None:
    payload = {"data": json.dumps({name: "x"}), name: "x"}
    assert masked(payload) is payload
