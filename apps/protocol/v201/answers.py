"""Our answers in OCPP 2.0.1: exactly the schema's members, absent ones left out.

An empty ``Answer()`` becomes the least that is correct: an acknowledgement, or a "no".
"""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain.answers import (
    Answer,
    BootAnswer,
    DataTransferAnswer,
    SessionAnswer,
    StatusAnswer,
    TimeAnswer,
    TokenAnswer,
)
from apps.domain.certificates import ContractAnswer
from apps.domain.vocabulary import TokenStatus
from apps.protocol.errors import CannotEncode
from apps.protocol.timestamps import write as instant
from apps.protocol.v201 import certificates

MAX_TOKEN = 36
MAX_MESSAGE = 512
MAX_LANGUAGE = 8
MAX_DECIMALS = 6

Payload = dict[str, Any]


def write(action: str, answer: Answer) -> Payload:
    """The response payload. CannotEncode where the answer lacks what the action requires."""
    writer = _WRITERS.get(action)
    if writer is not None:
        return writer(answer)
    if action in _STATUS_ONLY:
        status = answer.status if isinstance(answer, StatusAnswer) else _STATUS_ONLY[action]
        return {"status": status}
    return {}


def _boot(answer: Answer) -> Payload:
    if not isinstance(answer, BootAnswer):
        raise CannotEncode("BootNotification needs a BootAnswer")
    return {
        "currentTime": instant(answer.now),
        "interval": answer.interval_s,
        "status": answer.status.value,
    }


def _heartbeat(answer: Answer) -> Payload:
    if not isinstance(answer, TimeAnswer):
        raise CannotEncode("Heartbeat needs a TimeAnswer")
    return {"currentTime": instant(answer.now)}


def _authorize(answer: Answer) -> Payload:
    verdict = answer if isinstance(answer, TokenAnswer) else TokenAnswer(TokenStatus.UNKNOWN)
    info: Payload = {"idTokenInfo": token_info(verdict)}
    if isinstance(answer, ContractAnswer):
        info["certificateStatus"] = answer.certificate_status
    return info


def _transaction_event(answer: Answer) -> Payload:
    """``totalCost`` 0 means free, its absence that nobody knows yet (I03.FR.04)."""
    payload: Payload = {}
    if isinstance(answer, SessionAnswer):
        if answer.total_cost is not None:
            payload["totalCost"] = round(float(answer.total_cost), MAX_DECIMALS)
        if answer.token is not None:
            payload["idTokenInfo"] = token_info(answer.token)
    return payload


def _data_transfer(answer: Answer) -> Payload:
    if not isinstance(answer, DataTransferAnswer):
        return {"status": "UnknownVendorId"}
    if answer.data is None:
        return {"status": answer.status}
    return {"status": answer.status, "data": answer.data}


def token_info(verdict: TokenAnswer) -> Payload:
    """IdTokenInfoType."""
    info: Payload = {"status": verdict.status.value}
    if verdict.expires_at is not None:
        info["cacheExpiryDateTime"] = instant(verdict.expires_at)
    if verdict.group and len(verdict.group) <= MAX_TOKEN:
        kind = verdict.group_kind or "Central"
        info["groupIdToken"] = {"idToken": verdict.group, "type": kind}
    if verdict.charging_priority:
        info["chargingPriority"] = verdict.charging_priority
    language = verdict.language if len(verdict.language) <= MAX_LANGUAGE else ""
    if language:
        info["language1"] = language
    if verdict.personal_message:
        message = {"format": "UTF8", "content": verdict.personal_message[:MAX_MESSAGE]}
        info["personalMessage"] = message | ({"language": language} if language else {})
    return info


_WRITERS: Mapping[str, Callable[[Answer], Payload]] = {
    "Authorize": _authorize,
    "BootNotification": _boot,
    "DataTransfer": _data_transfer,
    "Heartbeat": _heartbeat,
    "TransactionEvent": _transaction_event,
    **certificates.ANSWERS,
}
_STATUS_ONLY: Mapping[str, str] = {
    "NotifyEVChargingNeeds": "Rejected",
    "NotifyEVChargingSchedule": "Accepted",
    "SignCertificate": "Rejected",
}
