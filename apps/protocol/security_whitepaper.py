"""GetLog and DeleteCertificate: the security whitepaper gave 1.6 these as 2.0.1 has them."""

from typing import Any

from apps.domain.certificates import CertificateHash, DeleteCertificate
from apps.domain.maintenance import GetLog
from apps.protocol import hashes
from apps.protocol.outbound import log_window, retrying

LOG_TYPES = {"diagnostics": "DiagnosticsLog", "security": "SecurityLog"}
_KINDS = {word: kind for kind, word in LOG_TYPES.items()}

Payload = dict[str, Any]
Written = tuple[str, Payload]


def log_out(command: GetLog, request_id: int) -> Written:
    where = {"remoteLocation": command.location} | log_window(command)
    payload = {"requestId": request_id, "logType": LOG_TYPES[command.kind], "log": where}
    return "GetLog", payload | retrying(command)


def log_in(payload: Payload) -> GetLog:
    log = payload["log"]
    return GetLog(
        kind=_KINDS[payload["logType"]],
        location=log["remoteLocation"],
        oldest_at=log.get("oldestTimestamp"),
        latest_at=log.get("latestTimestamp"),
        retries=payload.get("retries"),
        retry_interval_s=payload.get("retryInterval"),
    )


def deletion_out(command: DeleteCertificate) -> Written:
    named = CertificateHash(
        command.hash_algorithm,
        command.issuer_name_hash,
        command.issuer_key_hash,
        command.serial_number,
    )
    return "DeleteCertificate", {"certificateHashData": hashes.write(named)}


def deletion_in(payload: Payload) -> DeleteCertificate:
    named = hashes.read(payload["certificateHashData"])
    return DeleteCertificate(
        named.hash_algorithm, named.issuer_name_hash, named.issuer_key_hash, named.serial_number
    )
