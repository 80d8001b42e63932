"""What we read of the OCPP 2.0.1 messages that carry money and state, see ``forms``."""

from functools import partial

from apps.domain.vocabulary import ConnectorStatus, Protocol
from apps.protocol import validation
from apps.protocol.forms import Form, Forms, Many, Member, Shape, at, meter_values, tag
from apps.protocol.kinds import Words, flag, identifier, text, whole

_words = partial(validation.words, Protocol.OCPP201)
_meter_values = partial(meter_values, Protocol.OCPP201)

NO_KIND = ""  # told by what else the event says, see ``phases``
_ANY_TYPE = ""  # as in OCPP 1.6, which has no types of tokens
_TOKEN = Shape(
    (
        Member("idToken", tag, is_needed=True),
        Member("type", Words(_words("Authorize", "idToken", "type")), stand_in=_ANY_TYPE),
    ),
    alone="idToken",
)
_EVSE = Shape((Member("id", whole), Member("connectorId", whole)), alone="id")
_HASH = Shape(
    (
        Member("hashAlgorithm", text, is_needed=True),
        Member("issuerNameHash", text, is_needed=True),
        Member("issuerKeyHash", text, is_needed=True),
        Member("serialNumber", text, is_needed=True),
        Member("responderURL", text),
    )
)
_STATION = Shape(
    (
        Member("vendorName", text),
        Member("model", text),
        Member("serialNumber", text),
        Member("firmwareVersion", text),
    )
)
_EVENT = "TransactionEvent"
_INFO = Shape(
    (
        Member("transactionId", identifier),
        Member(
            "chargingState", Words(_words(_EVENT, "transactionInfo", "chargingState"), is_open=True)
        ),
        Member(
            "stoppedReason", Words(_words(_EVENT, "transactionInfo", "stoppedReason"), is_open=True)
        ),
        Member("remoteStartId", whole),
    ),
    alone="transactionId",
)

FORMS: Forms = {
    "Authorize": Form(
        (
            Member("idToken", _TOKEN, is_needed=True),
            Member("certificate", text),
            Member("iso15118CertificateHashData", Many(_HASH)),
        )
    ),
    "BootNotification": Form(
        (
            Member("chargingStation", _STATION, stand_in={}),
            Member(
                "reason",
                Words(_words("BootNotification", "reason"), other="Unknown"),
                stand_in="Unknown",
            ),
        )
    ),
    "Heartbeat": Form(),
    "MeterValues": Form(
        (Member("evseId", whole, stand_in=0), _meter_values("MeterValues", "meterValue")),
        tells=("meterValue",),
    ),
    "StatusNotification": Form(
        (
            Member("evseId", whole, is_needed=True),
            Member("connectorId", whole, is_needed=True),
            Member(
                "connectorStatus",
                Words([status.value for status in ConnectorStatus]),
                is_needed=True,
            ),
            at(),
        )
    ),
    _EVENT: Form(
        (
            Member("eventType", Words(_words(_EVENT, "eventType")), stand_in=NO_KIND),
            at(),
            Member("triggerReason", Words(_words(_EVENT, "triggerReason"), is_open=True)),
            Member("seqNo", whole),
            Member("offline", flag),
            Member("reservationId", whole),
            Member("transactionInfo", _INFO, stand_in={}),
            Member("evse", _EVSE),
            Member("idToken", _TOKEN),
            _meter_values(_EVENT, "meterValue"),
        ),
        tells=("transactionInfo", "evse", "idToken", "meterValue"),
    ),
}
