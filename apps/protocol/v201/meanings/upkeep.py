"""What raw calls about firmware, logs, certificates and displays say."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain import certificates, display, maintenance, publishing, transfers
from apps.domain.command import Command
from apps.domain.security import SetNetworkProfile
from apps.protocol import security_whitepaper
from apps.protocol.v201.certificates import KINDS

Payload = dict[str, Any]
Reader = Callable[[Payload], Command | None]

_CERTIFICATE_KINDS = {word: kind for kind, word in KINDS.items()}


def _update(payload: Payload) -> Command:
    firmware = payload["firmware"]
    return maintenance.UpdateFirmware(
        location=firmware["location"],
        retrieve_at=firmware["retrieveDateTime"],
        install_at=firmware.get("installDateTime"),
        signing_certificate=firmware.get("signingCertificate"),
        signature=firmware.get("signature"),
        retries=payload.get("retries"),
        retry_interval_s=payload.get("retryInterval"),
    )


def _publish(payload: Payload) -> Command:
    return publishing.PublishFirmware(
        payload["location"], payload["checksum"], payload.get("retries"),
        payload.get("retryInterval"),
    )  # fmt: skip


def _install(payload: Payload) -> Command:
    kind = _CERTIFICATE_KINDS[payload["certificateType"]]
    return certificates.InstallCertificate(kind, payload["certificate"])


def _installed(payload: Payload) -> Command:
    kinds = payload.get("certificateType", ())
    return certificates.GetInstalledCertificates(tuple(_CERTIFICATE_KINDS[kind] for kind in kinds))


def _network_profile(payload: Payload) -> Command:
    data = payload["connectionData"]
    return SetNetworkProfile(
        slot=payload["configurationSlot"],
        profile=data["securityProfile"],
        url=data["ocppCsmsUrl"],
        interface=data["ocppInterface"],
        message_timeout_s=data["messageTimeout"],
    )


def _transfer(payload: Payload) -> Command:
    return transfers.TransferData(
        payload["vendorId"], payload.get("messageId", ""), payload.get("data")
    )


def _show(payload: Payload) -> Command:
    message = payload["message"]
    content = message["message"]
    return display.SetDisplayMessage(
        content=content["content"],
        message_id=message["id"],
        format=content["format"],
        language=content.get("language", ""),
        priority=message["priority"],
        state=message.get("state", ""),
        starts_at=message.get("startDateTime", ""),
        ends_at=message.get("endDateTime", ""),
        transaction_id=message.get("transactionId", ""),
        display=message.get("display"),
    )


def _shown(payload: Payload) -> Command:
    return display.GetDisplayMessages(
        tuple(payload.get("id", ())), payload.get("priority", ""), payload.get("state", "")
    )


READERS: Mapping[str, Reader] = {
    "ClearDisplayMessage": lambda p: display.ClearDisplayMessage(p["id"]),
    "DataTransfer": _transfer,
    "DeleteCertificate": security_whitepaper.deletion_in,
    "GetDisplayMessages": _shown,
    "GetInstalledCertificateIds": _installed,
    "GetLog": security_whitepaper.log_in,
    "InstallCertificate": _install,
    "PublishFirmware": _publish,
    "SetDisplayMessage": _show,
    "SetNetworkProfile": _network_profile,
    "UnpublishFirmware": lambda p: publishing.UnpublishFirmware(p["checksum"]),
    "UpdateFirmware": _update,
}
