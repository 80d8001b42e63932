"""OCPP 1.6J's words for what happens at a station. Pure."""

from datetime import datetime
from typing import Any

from apps.simulator.configuration import Configuration
from apps.simulator.dialect import Identity, Moment, without_none
from apps.simulator.meter import Reading
from apps.simulator.outlet import Outlet, Session, Token
from apps.simulator.wire import Message, Payload, rfc3339

STOP_REASONS = {
    "ImmediateReset": "HardReset",
    "SoftReset": "SoftReset",
    "Local": "Local",
    "Remote": "Remote",
    "EVDisconnected": "EVDisconnected",
    "EmergencyStop": "EmergencyStop",
    "PowerLoss": "PowerLoss",
    "Reboot": "Reboot",
    "UnlockCommand": "UnlockCommand",
    "DeAuthorized": "DeAuthorized",
}


def connector_status(outlet: Outlet) -> str:
    if outlet.fault is not None:
        return "Faulted"
    session = outlet.active_session
    if session is not None:
        state = session.charging_state
        return "Preparing" if state in ("EVConnected", "Idle") else state
    if not outlet.is_operative:
        return "Unavailable"
    if outlet.is_plugged:
        return "Finishing" if outlet.is_finishing else "Preparing"
    return "Available"


class Dialect16:
    protocol = "ocpp1.6"

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def boot(self, identity: Identity, _reason: str, /) -> Message:
        return Message(
            "BootNotification",
            {
                "chargePointVendor": identity.vendor,
                "chargePointModel": identity.model,
                "chargePointSerialNumber": identity.serial,
                "firmwareVersion": identity.firmware,
            },
        )

    def authorize(self, token: Token) -> Message:
        return Message("Authorize", {"idTag": token.uid})

    def status(self, outlet: Outlet, at: datetime) -> Message:
        payload = {
            "connectorId": outlet.evse_id,
            "errorCode": outlet.fault or "NoError",
            "status": connector_status(outlet),
            "timestamp": rfc3339(at),
        }
        return Message("StatusNotification", payload)

    def station_status(self, *, is_operative: bool, at: datetime) -> Message:
        """Connector 0: the station as a whole."""
        payload = {
            "connectorId": 0,
            "errorCode": "NoError",
            "status": "Available" if is_operative else "Unavailable",
            "timestamp": rfc3339(at),
        }
        return Message("StatusNotification", payload)

    def faulted(self, outlet: Outlet, at: datetime) -> list[Message]:
        return [self.status(outlet, at)]

    def started(self, moment: Moment) -> Message:
        session = moment.session
        payload = {
            "connectorId": session.evse_id,
            "idTag": session.token.uid,
            "meterStart": session.meter_start_wh,
            "timestamp": rfc3339(session.started_at),
        }
        return Message("StartTransaction", payload, session, is_kept=True)

    def charging_state(self, outlet: Outlet, moment: Moment, /) -> Message:
        return self.status(outlet, moment.reading.at)

    def sampled(self, moment: Moment) -> Message:
        session, reading = moment.session, moment.reading
        payload = {
            "connectorId": session.evse_id,
            "transactionId": session.transaction_id,
            "meterValue": [self._meter_value(reading, self._configuration.sampled_measurands)],
        }
        return Message("MeterValues", payload, session, is_kept=True)

    def ended(self, moment: Moment) -> Message:
        session, reading = moment.session, moment.reading
        measurands = self._configuration.stop_measurands
        edges = (session.readings[0], reading) if measurands else ()
        payload = without_none(
            meterStop=reading.register_wh,
            timestamp=rfc3339(reading.at),
            idTag=session.token.uid if session.stop_reason == "Local" else None,
            reason=STOP_REASONS.get(session.stop_reason or "Local", "Other"),
            transactionData=[self._meter_value(edge, measurands) for edge in edges] or None,
        )
        payload["transactionId"] = session.transaction_id
        return Message("StopTransaction", payload, session, is_kept=True)

    def meter_values(self, outlet: Outlet, reading: Reading) -> Message:
        payload: Payload = {
            "connectorId": outlet.evse_id,
            "meterValue": [self._meter_value(reading, self._configuration.sampled_measurands)],
        }
        session = outlet.active_session
        if session is not None and session.transaction_id is not None:
            payload["transactionId"] = session.transaction_id
        return Message("MeterValues", payload)

    def verdict(self, answer: Payload) -> str | None:
        return (answer.get("id_tag_info") or {}).get("status")

    def note_started(self, session: Session, answer: Payload) -> None:
        session.transaction_id = answer.get("transaction_id")

    def _meter_value(self, reading: Reading, measurands: tuple[str, ...]) -> dict[str, Any]:
        samples = [
            without_none(
                value=str(sample.value),
                context=reading.context,
                measurand=sample.measurand,
                location="EV" if sample.measurand == "SoC" else "Outlet",
                unit=sample.unit,
                phase=sample.phase,
            )
            for sample in reading.samples(measurands)
        ]
        return {"timestamp": rfc3339(reading.at), "sampledValue": samples}
