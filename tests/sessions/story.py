"""A station that tells of one session, at stated times: read and committed by the real door."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from apps.accounts.models import Organisation
from apps.batch.items import Item
from apps.batch.refs import StationRef
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.protocol import codec
from apps.sessions.models import Session
from apps.stations.refs import find_refs
from tests.servers import register

Call = dict[str, Any]
POWER = {"measurand": "Power.Active.Import", "unit": "W"}


class Teller:
    """Tells 1.6 or 2.0.1; ``heard_at`` is when each message arrives."""

    def __init__(self, network: Organisation, identity: str, protocol: Protocol) -> None:
        register(network, identity)
        self.ref: StationRef = find_refs([identity])[identity]
        self.protocol = protocol
        self._seq = -1
        self.number = 1
        self._speaks_of: Session | None = None

    def begin_anew(self) -> None:
        """What comes is of another transaction."""
        self._seq, self.number = -1, self.number + 1

    def tell(self, action: str, payload: Call, heard_at: datetime) -> None:
        event = codec(self.protocol).read(action, payload, heard_at)
        commit([Item(self.ref, self.protocol, "socket", heard_at, event)], heard_at)

    def start(self, at: str, wh: float, heard_at: datetime, connector: int = 1) -> None:
        if self.protocol is Protocol.OCPP201:
            self._event("Started", at, wh, heard_at, "Transaction.Begin")
            return
        start = {"connectorId": connector, "idTag": "AB12", "meterStart": wh, "timestamp": at}
        self.tell("StartTransaction", start, heard_at)

    def read(
        self,
        at: str,
        wh: float | str,
        heard_at: datetime,
        power_w: float | None = None,
        **more: Any,
    ) -> None:
        if self.protocol is Protocol.OCPP201:
            context = more.pop("context", "Sample.Periodic")
            self._event("Updated", at, wh, heard_at, context, power_w, **more)
            return
        told = {"connectorId": 1, "transactionId": int(self.session.transaction_id)}
        sampled = {"value": str(wh), **more}
        flowing = [] if power_w is None else [{"value": str(power_w)} | POWER]
        reading = {"timestamp": at, "sampledValue": [sampled, *flowing]}
        self.tell("MeterValues", told | {"meterValue": [reading]}, heard_at)

    def stop(self, at: str, wh: float, heard_at: datetime, **more: Any) -> None:
        if self.protocol is Protocol.OCPP201:
            self._event("Ended", at, wh, heard_at, "Transaction.End")
            return
        told = {"transactionId": int(self.session.transaction_id), "meterStop": wh}
        self.tell("StopTransaction", told | {"timestamp": at} | more, heard_at)

    @property
    def session(self) -> Session:
        """The newest one, or that which it was set to speak of."""
        return self._speaks_of or Session.objects.filter(station_id=self.ref.id).latest("pk")

    @session.setter
    def session(self, session: Session) -> None:
        self._speaks_of = session

    def _event(
        self, kind: str, at: str, wh: float | str, heard_at: datetime, context: str,
        power_w: float | None = None, **more: Any,
    ) -> None:  # fmt: skip
        self._seq += 1
        unit = {"unitOfMeasure": {"unit": more["unit"]}} if "unit" in more else {}
        sampled = {"value": float(wh), "context": context, **unit}
        flowing = [] if power_w is None else [{"value": power_w, "measurand": POWER["measurand"]}]
        payload = {
            "eventType": kind, "timestamp": at, "seqNo": self._seq, "triggerReason": "Trigger",
            "transactionInfo": {"transactionId": f"tx-{self.number}"},
            "evse": {"id": 1, "connectorId": 1},
            "meterValue": [{"timestamp": at, "sampledValue": [sampled, *flowing]}],
            "idToken": {"idToken": "AB12", "type": "ISO14443"},
        }  # fmt: skip
        self.tell("TransactionEvent", payload, heard_at)


def cost(session: Session) -> Decimal | None:
    return session.price_incl_vat
