"""OCPP 2.0.1's words for what happens at a station. Pure, but for a session's seqNo."""

import itertools
from datetime import datetime
from typing import Any

from apps.simulator.device_model import DeviceModel, Variable
from apps.simulator.dialect import Identity, Moment, without_none
from apps.simulator.meter import Reading
from apps.simulator.outlet import Outlet, Session, Token
from apps.simulator.watch import Sign
from apps.simulator.wire import Message, Payload, rfc3339

STOP_REASONS = {"SoftReset": "Reboot", "UnlockCommand": "Other"}


def connector_status(outlet: Outlet) -> str:
    if outlet.fault is not None:
        return "Faulted"
    if outlet.active_session is not None:
        return "Occupied"
    if not outlet.is_operative:
        return "Unavailable"
    return "Occupied" if outlet.is_plugged else "Available"


def id_token(token: Token) -> dict[str, str]:
    return {"idToken": token.uid, "type": token.type}


class Dialect201:
    protocol = "ocpp2.0.1"

    def __init__(self, device_model: DeviceModel) -> None:
        self._model = device_model
        self._event_ids = itertools.count(1)

    def boot(self, identity: Identity, reason: str) -> Message:
        station = {
            "vendorName": identity.vendor,
            "model": identity.model,
            "serialNumber": identity.serial,
            "firmwareVersion": identity.firmware,
        }
        return Message("BootNotification", {"reason": reason, "chargingStation": station})

    def authorize(self, token: Token) -> Message:
        return Message("Authorize", {"idToken": id_token(token)})

    def status(self, outlet: Outlet, at: datetime) -> Message:
        payload = {
            "timestamp": rfc3339(at),
            "connectorStatus": connector_status(outlet),
            "evseId": outlet.evse_id,
            "connectorId": outlet.connector_id,
        }
        return Message("StatusNotification", payload)

    def faulted(self, outlet: Outlet, at: datetime) -> list[Message]:
        """The connector's status, and the Problem variable with the maker's words."""
        event = without_none(
            eventId=next(self._event_ids),
            timestamp=rfc3339(at),
            trigger="Delta",
            actualValue="true" if outlet.fault else "false",
            techCode=outlet.fault,
            eventNotificationType="HardWiredNotification",
            component={
                "name": "Connector",
                "evse": {"id": outlet.evse_id, "connectorId": outlet.connector_id},
            },
            variable={"name": "Problem"},
        )
        notice = {"generatedAt": rfc3339(at), "seqNo": 0, "eventData": [event]}
        return [self.status(outlet, at), Message("NotifyEvent", notice)]

    def passed(self, sign: Sign, variable: Variable, at: datetime) -> dict[str, Any]:
        """A threshold that was passed, or is no longer: one entry of NotifyEvent."""
        is_hard_wired = sign.monitor.is_hard_wired
        event = without_none(
            eventId=next(self._event_ids),
            timestamp=rfc3339(at),
            trigger="Alerting",
            actualValue=variable.value,
            cleared=True if sign.is_cleared else None,
            variableMonitoringId=sign.monitor.number,
            eventNotificationType="HardWiredMonitor" if is_hard_wired else "CustomMonitor",
        )
        return event | variable.named()

    def started(self, moment: Moment) -> Message:
        extra = {
            "evse": {"id": moment.session.evse_id, "connectorId": moment.session.connector_id},
            "idToken": id_token(moment.session.token),
            "meterValue": [self._meter_value(moment.reading, self._model.started_measurands)],
        }
        return self._event("Started", moment, extra)

    def charging_state(self, _outlet: Outlet, moment: Moment, /) -> Message:
        return self._event("Updated", moment, {})

    def sampled(self, moment: Moment) -> Message:
        extra = {"meterValue": [self._meter_value(moment.reading, self._model.updated_measurands)]}
        return self._event("Updated", moment, extra)

    def ended(self, moment: Moment) -> Message:
        extra: dict[str, Any] = {
            "meterValue": [self._meter_value(moment.reading, self._model.ended_measurands)]
        }
        if moment.session.stop_reason == "Local":
            extra["idToken"] = id_token(moment.session.token)
        return self._event("Ended", moment, extra)

    def meter_values(self, outlet: Outlet, reading: Reading) -> Message:
        values = [self._meter_value(reading, self._model.updated_measurands)]
        return Message("MeterValues", {"evseId": outlet.evse_id, "meterValue": values})

    def verdict(self, answer: Payload) -> str | None:
        return (answer.get("id_token_info") or {}).get("status")

    def note_started(self, session: Session, answer: Payload) -> None:
        """The id is the station's own."""

    def _event(self, event_type: str, moment: Moment, extra: Payload) -> Message:
        session = moment.session
        session.transaction_id = session.key
        stop_reason = session.stop_reason if event_type == "Ended" else None
        info = without_none(
            transactionId=session.key,
            chargingState=session.charging_state,
            stoppedReason=stop_reason and STOP_REASONS.get(stop_reason, stop_reason),
            remoteStartId=session.remote_start_id if event_type == "Started" else None,
        )
        payload = without_none(
            eventType=event_type,
            timestamp=rfc3339(moment.reading.at),
            triggerReason=moment.trigger,
            seqNo=session.next_seq_no(),
            offline=moment.is_offline or None,
            transactionInfo=info,
        )
        return Message("TransactionEvent", payload | extra, session, is_kept=True)

    def _meter_value(self, reading: Reading, measurands: tuple[str, ...]) -> dict[str, Any]:
        samples = [
            without_none(
                value=sample.value,
                context=reading.context,
                measurand=sample.measurand,
                location="EV" if sample.measurand == "SoC" else "Outlet",
                unitOfMeasure={"unit": sample.unit},
                phase=sample.phase,
            )
            for sample in reading.samples(measurands)
        ]
        return {"timestamp": rfc3339(reading.at), "sampledValue": samples}
