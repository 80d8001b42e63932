"""What we read of the OCPP 1.6 messages that carry money and state, see ``forms``."""

from functools import partial

from apps.domain.vocabulary import ConnectorStatus, Protocol
from apps.protocol import validation
from apps.protocol.forms import Form, Forms, Member, at, meter_values, tag
from apps.protocol.kinds import Words, amount, text, whole

_words = partial(validation.words, Protocol.OCPP16)
_meter_values = partial(meter_values, Protocol.OCPP16)

FORMS: Forms = {
    "Authorize": Form((Member("idTag", tag, is_needed=True),)),
    "BootNotification": Form(
        (
            Member("chargePointVendor", text),
            Member("chargePointModel", text),
            Member("chargePointSerialNumber", text),
            Member("chargeBoxSerialNumber", text),
            Member("firmwareVersion", text),
        )
    ),
    "Heartbeat": Form(),
    "MeterValues": Form(
        (
            Member("connectorId", whole, stand_in=0),
            Member("transactionId", whole),
            _meter_values("MeterValues", "meterValue"),
        ),
        tells=("meterValue",),
    ),
    "StartTransaction": Form(
        (
            Member("connectorId", whole),
            Member("idTag", tag),
            Member("meterStart", amount),
            Member("reservationId", whole),
            at(),
        ),
        tells=("connectorId", "idTag", "meterStart"),
    ),
    "StatusNotification": Form(
        (
            Member("connectorId", whole, is_needed=True),
            Member("status", Words([status.value for status in ConnectorStatus]), is_needed=True),
            Member("info", text),
            Member("vendorErrorCode", text),
            Member(
                "errorCode",
                Words(_words("StatusNotification", "errorCode"), other="OtherError"),
                spare="vendorErrorCode",
            ),
            at(),
        )
    ),
    "StopTransaction": Form(
        (
            Member("transactionId", whole),
            Member("idTag", tag),
            Member("meterStop", amount),
            Member("reason", Words(_words("StopTransaction", "reason"), is_open=True)),
            _meter_values("StopTransaction", "transactionData"),
            at(),
        )
    ),
}
