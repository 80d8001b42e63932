"""Our answers in OCPP 1.6: exactly the schema's members, because real stations choke on more.

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
from apps.domain.vocabulary import TokenStatus
from apps.protocol.errors import CannotEncode
from apps.protocol.members import MAX_INT32
from apps.protocol.timestamps import write as instant

MAX_TAG = 20
NO_TRANSACTION = 0
_NO_TAG = TokenAnswer(TokenStatus.INVALID)
_STATUSES = frozenset({"Accepted", "Blocked", "ConcurrentTx", "Expired", "Invalid"})

Payload = dict[str, Any]


def write(action: str, answer: Answer) -> Payload:
    """The response payload. CannotEncode where the answer lacks what the action requires."""
    writer = _WRITERS.get(action)
    return writer(answer) if writer else {}


def _boot(answer: Answer) -> Payload:
    if not isinstance(answer, BootAnswer):
        raise CannotEncode("BootNotification needs a BootAnswer")
    return {
        "status": answer.status.value,
        "currentTime": instant(answer.now),
        "interval": answer.interval_s,
    }


def _heartbeat(answer: Answer) -> Payload:
    if not isinstance(answer, TimeAnswer):
        raise CannotEncode("Heartbeat needs a TimeAnswer")
    return {"currentTime": instant(answer.now)}


def _authorize(answer: Answer) -> Payload:
    verdict = answer if isinstance(answer, TokenAnswer) else _NO_TAG
    return {"idTagInfo": tag_info(verdict)}


def _start(answer: Answer) -> Payload:
    """The transaction id is a positive integer, even where the tag is refused (§4.8).

    0 where nothing could be made of the start. Where no tag was presented, none is accepted.
    """
    if not isinstance(answer, SessionAnswer):
        return {"transactionId": NO_TRANSACTION, "idTagInfo": tag_info(_NO_TAG)}
    given = answer.transaction_id or ""
    if not (given.isascii() and given.isdigit() and 0 < int(given) < MAX_INT32):
        raise CannotEncode(f"{given!r} is no transaction id of OCPP 1.6")
    return {"transactionId": int(given), "idTagInfo": tag_info(answer.token or _NO_TAG)}


def _stop(answer: Answer) -> Payload:
    if isinstance(answer, SessionAnswer) and answer.token is not None:
        return {"idTagInfo": tag_info(answer.token)}
    return {}


def _data_transfer(answer: Answer) -> Payload:
    if not isinstance(answer, DataTransferAnswer):
        return {"status": "UnknownVendorId"}
    if answer.data is None:
        return {"status": answer.status}
    return {"status": answer.status, "data": answer.data}


def _sign_certificate(answer: Answer) -> Payload:
    return {"status": answer.status if isinstance(answer, StatusAnswer) else "Rejected"}


def tag_info(verdict: TokenAnswer) -> Payload:
    """Of the ten statuses 1.6 knows five; the rest are Invalid."""
    status = verdict.status.value
    info: Payload = {"status": status if status in _STATUSES else "Invalid"}
    if verdict.expires_at is not None:
        info["expiryDate"] = instant(verdict.expires_at)
    if verdict.group and len(verdict.group) <= MAX_TAG:
        info["parentIdTag"] = verdict.group
    return info


_WRITERS: Mapping[str, Callable[[Answer], Payload]] = {
    "Authorize": _authorize,
    "BootNotification": _boot,
    "DataTransfer": _data_transfer,
    "Heartbeat": _heartbeat,
    "SignCertificate": _sign_certificate,
    "StartTransaction": _start,
    "StopTransaction": _stop,
}
