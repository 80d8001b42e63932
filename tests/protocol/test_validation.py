import pytest

from apps.domain.vocabulary import Protocol
from apps.protocol import validation
from apps.protocol.errors import canonical, spell
from tests.protocol.payloads import build

V16, V201 = Protocol.OCPP16, Protocol.OCPP201
EVERY = [
    (protocol, action, kind)
    for protocol in Protocol
    for direction in ("from_station", "from_csms")
    for action in sorted(validation.actions(protocol, direction))
    for kind in ("request", "response")
]


@pytest.mark.parametrize(("protocol", "action", "kind"), EVERY)
@pytest.mark.parametrize("is_full", [False, True])
def test_the_least_and_the_fullest_payload_of_every_message_is_valid(
    protocol: Protocol, action: str, kind: validation.Kind, is_full: bool
) -> None:
    payload = build(protocol, action, kind=kind, is_full=is_full)
    assert validation.problems(protocol, action, kind, payload) == []


@pytest.mark.parametrize(
    ("change", "path", "keyword", "code"),
    [
        ({"idTag": None}, "/idTag", "type", "TypeConstraintViolation"),
        ({"idTag": "x" * 21}, "/idTag", "maxLength", "PropertyConstraintViolation"),
        ({"timestamp": "soon"}, "/timestamp", "format", "PropertyConstraintViolation"),
        ({"a/b": 1}, "/a~1b", "additionalProperties", "FormatViolation"),
        ({"meterStart": "1"}, "/meterStart", "type", "TypeConstraintViolation"),
    ],
)
def test_each_violation_has_its_path_and_code(
    change: dict[str, object], path: str, keyword: str, code: str
) -> None:
    payload = build(V16, "StartTransaction", is_full=False) | change
    (problem,) = validation.problems(V16, "StartTransaction", "request", payload)
    assert (problem.path, problem.keyword, problem.code) == (path, keyword, code)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"idToken": {"idToken": "A"}}, "OccurrenceConstraintViolation"),
        ({"idToken": {"idToken": "A", "type": "Card"}}, "PropertyConstraintViolation"),
        (
            {"idToken": {"idToken": "A", "type": "Local"}, "iso15118CertificateHashData": []},
            "OccurrenceConstraintViolation",
        ),
    ],
)
def test_counts_and_words_have_codes_of_their_own(payload: dict[str, object], code: str) -> None:
    (problem,) = validation.problems(V201, "Authorize", "request", payload)
    assert problem.code == code


def test_r14_custom_data_is_welcome_anywhere_in_2_0_1() -> None:
    custom = {"vendorId": "acme", "anything": [1]}
    payload = build(V201, "Authorize", is_full=False)
    payload["customData"] = payload["idToken"]["customData"] = custom
    assert validation.problems(V201, "Authorize", "request", payload) == []


@pytest.mark.parametrize(
    ("protocol", "action", "code"),
    [
        (V16, "StartTransaction", None),
        (V16, "DataTransfer", None),
        (V16, "RemoteStartTransaction", "NotSupported"),
        (V16, "TransactionEvent", "NotImplemented"),
        (V201, "TransactionEvent", None),
        (V201, "RequestStartTransaction", "NotSupported"),
        (V201, "StartTransaction", "NotImplemented"),
        (V201, "heartbeat", "NotImplemented"),
        (V201, "../v16/schemas/Reset", "NotImplemented"),
        (V201, "", "NotImplemented"),
    ],
)
def test_unknown_is_not_implemented_and_the_wrong_way_is_not_supported(
    protocol: Protocol, action: str, code: str | None
) -> None:
    assert validation.refusal(protocol, action) == code


def test_the_catalogues_are_complete() -> None:
    assert len(validation.actions(V16, "from_station")) == 14
    assert len(validation.actions(V16, "from_csms")) == 26
    assert len(validation.actions(V201, "from_station")) == 25
    assert len(validation.actions(V201, "from_csms")) == 40


def test_an_unknown_schema_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        validation.schema(V16, "TransactionEvent")


def test_1_6_misspells_two_codes_and_both_spellings_are_understood() -> None:
    assert spell("FormatViolation", V16) == "FormationViolation"
    assert spell("OccurrenceConstraintViolation", V16) == "OccurenceConstraintViolation"
    assert spell("RpcFrameworkError", V16) == "FormationViolation"
    assert spell("OccurrenceConstraintViolation", V201) == "OccurrenceConstraintViolation"
    assert canonical("OccurenceConstraintViolation") == "OccurrenceConstraintViolation"
    assert canonical("InternalError") == "InternalError"
