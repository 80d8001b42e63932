"""Both sides of a case: the station on its socket, and the operator at the REST door."""

import asyncio
import json
import uuid
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

from tests.throwaway import Platform
from tests.wire import Wire, dial

WAIT_S = 10
LATE, STEP = timedelta(hours=6), timedelta(minutes=5)
TOKEN = {"idToken": "AB12", "type": "ISO14443"}
METER = {"measurand": "Energy.Active.Import.Register", "unitOfMeasure": {"unit": "Wh"}}


class Operator:
    """Drives a station as a program does: any call, any version-neutral command."""

    def __init__(self, server: Platform, secret: str, identity: str) -> None:
        self._where = server.host, server.port
        self._secret = secret
        self.identity = identity

    async def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and body of ``/api/v1/<path>``."""
        return await asyncio.to_thread(self._request, method, path, body)

    async def call(self, action: str, payload: Any) -> Any:
        """The raw call's outcome, once the station has answered."""
        return await self._post("calls", {"action": action, "payload": payload})

    async def command(self, name: str, **parameters: Any) -> Any:
        """The command's outcome, once the station has answered."""
        return await self._post("commands", {"command": name, "parameters": parameters})

    async def _post(self, what: str, body: Any) -> Any:
        path = f"stations/{self.identity}/{what}/?wait={WAIT_S}"
        status, answer = await self.request("POST", path, body)
        assert status == 200, (status, answer)
        return answer

    def _request(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        connection = HTTPConnection(*self._where, timeout=30)
        headers = {"Authorization": f"Bearer {self._secret}", "Content-Type": "application/json"}
        text = None if body is None else json.dumps(body)
        connection.request(method, f"/api/v1/{path}", body=text, headers=headers)
        response = connection.getresponse()
        raw = response.read()
        connection.close()
        return response.status, json.loads(raw) if raw else None


class Play:
    """A station of one version, its operator, and the words they have for each other."""

    protocol = ""

    def __init__(self, server: Platform, operator: Operator) -> None:
        self.server, self.operator = server, operator
        self.identity = operator.identity
        self.wire: Wire

    async def connect(self, **how: Any) -> Wire:
        """Open a socket (again)."""
        self.wire = await dial(self.server.ocpp, self.identity, self.protocol, **how)
        return self.wire

    async def leave(self) -> None:
        """Close the socket."""
        await self.wire.close()

    async def ask(self, action: str, payload: Any) -> Any:
        """A call of the station; the payload of our answer."""
        return await self.wire.ask(action, payload)

    async def told(
        self, action: str, payload: Any, answer: Any, code: str | None = None
    ) -> tuple[Any, Any]:
        """The operator has ``action`` called, the station answers ``answer``.

        What reached the station, and what the operator hears. ``code``: a CALLERROR instead.
        """
        outcome = asyncio.create_task(self.operator.call(action, payload))
        heard = await self.answered(action, answer, code)
        return heard, await outcome

    async def ordered(self, name: str, answers: list[tuple[str, Any]], **parameters: Any) -> Any:
        """The operator gives a command; the calls that follow get these answers in turn.

        The payloads of the calls, and what the operator hears.
        """
        outcome = asyncio.create_task(self.operator.command(name, **parameters))
        heard = [await self.answered(action, answer) for action, answer in answers]
        return heard, await outcome

    async def answered(self, action: str, answer: Any, code: str | None = None) -> Any:
        """The next call must be ``action``; it is answered; its payload."""
        frame = await self.wire.next_call()
        assert frame[2] == action, frame
        reply = [3, frame[1], answer] if code is None else [4, frame[1], code, "", answer or {}]
        await self.wire.send(reply)
        return frame[3]


class Play201(Play):
    """OCPP 2.0.1. One transaction at a time: ``begin`` makes its id, ``event`` counts."""

    protocol = "ocpp2.0.1"

    def __init__(self, server: Platform, operator: Operator) -> None:
        super().__init__(server, operator)
        self.transaction_id = ""
        self.seq_no = 0
        self._at = datetime.now(UTC) - LATE

    async def boot(self, reason: str = "PowerUp", **about: Any) -> Any:
        station = {"vendorName": "Conformance", "model": "C-201", **about}
        return await self.ask("BootNotification", {"reason": reason, "chargingStation": station})

    async def booted(self) -> None:
        """State Booted: accepted, and each connector has spoken."""
        assert (await self.boot())["status"] == "Accepted"
        await self.status("Available")

    async def status(self, status: str, evse_id: int = 1, connector_id: int = 1) -> Any:
        answer = await self.ask(
            "StatusNotification",
            {
                "timestamp": now(),
                "connectorStatus": status,
                "evseId": evse_id,
                "connectorId": connector_id,
            },
        )
        assert answer == {}
        return answer

    async def authorize(self, token: Any = TOKEN, **more: Any) -> Any:
        return await self.ask("Authorize", {"idToken": token, **more})

    def begin(self) -> str:
        """The id of a new transaction."""
        self.transaction_id, self.seq_no = str(uuid.uuid4()), 0
        return self.transaction_id

    async def event(
        self, kind: str, trigger: str, state: str | None = None, *, evse: int | None = None,
        token: Any = None, wh: float | None = None, context: str = "Sample.Periodic",
        at: str | None = None, **more: Any,
    ) -> Any:  # fmt: skip
        """A TransactionEvent of the running transaction; the payload of the answer.

        Each happens some minutes after the one before, unless ``at`` says when.

        ``more``: members of the message; those of transactionInfo as ``info={…}``.
        """
        if kind == "Started" and "info" not in more:
            self.begin()
        info = {"transactionId": self.transaction_id} | more.pop("info", {})
        if state is not None:
            info["chargingState"] = state
        at = at or self.later()
        message = {
            "eventType": kind,
            "timestamp": at,
            "triggerReason": trigger,
            "seqNo": self.seq_no,
            "transactionInfo": info,
        } | more
        if evse is not None:
            message["evse"] = {"id": evse, "connectorId": 1}
        if token is not None:
            message["idToken"] = token
        if wh is not None:
            message["meterValue"] = [meter_value(wh, context, at)]
        self.seq_no += 1
        return await self.ask("TransactionEvent", message)

    def later(self) -> str:
        """An instant some minutes after the last one."""
        self._at += STEP
        return written(self._at)

    async def charging(self, token: Any = TOKEN, evse: int = 1) -> None:
        """State EnergyTransferStarted."""
        await self.status("Occupied", evse)
        started = await self.event(
            "Started", "Authorized", "EVConnected", evse=evse, token=token, wh=0,
            context="Transaction.Begin",
        )  # fmt: skip
        assert started["idTokenInfo"]["status"] == "Accepted"
        await self.event("Updated", "ChargingStateChanged", "Charging")

    async def stopped(self, token: Any = TOKEN, reason: str = "Local") -> Any:
        """States StopAuthorized and EVDisconnected."""
        answer = await self.event("Updated", "StopAuthorized", token=token)
        assert answer["idTokenInfo"]["status"] == "Accepted"
        info = {"stoppedReason": reason}
        return await self.event(
            "Ended", "EVCommunicationLost", "Idle", wh=5000, context="Transaction.End", info=info
        )


class Play16(Play):
    """OCPP 1.6J."""

    protocol = "ocpp1.6"

    async def boot(self, **about: Any) -> Any:
        known = {"chargePointVendor": "Conformance", "chargePointModel": "C-16"}
        return await self.ask("BootNotification", known | about)

    async def booted(self) -> None:
        """Accepted, and each connector has spoken."""
        assert (await self.boot())["status"] == "Accepted"
        await self.status("Available", 0)
        await self.status("Available")

    async def status(self, status: str, connector_id: int = 1, error: str = "NoError") -> Any:
        told = {"connectorId": connector_id, "status": status, "errorCode": error}
        answer = await self.ask("StatusNotification", told | {"timestamp": now()})
        assert answer == {}
        return answer

    async def authorize(self, tag: str = "AB12") -> Any:
        return await self.ask("Authorize", {"idTag": tag})

    async def start(self, tag: str = "AB12", connector_id: int = 1, **more: Any) -> Any:
        begun = {"connectorId": connector_id, "idTag": tag, "meterStart": 0, "timestamp": now()}
        return await self.ask("StartTransaction", begun | more)

    async def stop(self, transaction_id: int, **more: Any) -> Any:
        ended = {"transactionId": transaction_id, "meterStop": 5000, "timestamp": now()}
        return await self.ask("StopTransaction", ended | more)

    async def charging(self, tag: str = "AB12", connector_id: int = 1) -> int:
        """A running transaction; its id."""
        await self.status("Preparing", connector_id)
        answer = await self.start(tag, connector_id)
        assert answer["idTagInfo"]["status"] == "Accepted"
        await self.status("Charging", connector_id)
        return int(answer["transactionId"])


async def confirmed(play: Play, outcome: Any, observed: str) -> None:
    """The command of ``outcome`` has had its effect, and says which."""
    _, row = await play.operator.request("GET", f"commands/{outcome['id']}/")
    assert (row["state"], row["observed"]) == ("confirmed", observed)


def now() -> str:
    return written(datetime.now(UTC))


def written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def meter_value(
    wh: float, context: str = "Sample.Periodic", at: str | None = None, **more: Any
) -> dict[str, Any]:
    """One reading of the register, as 2.0.1 writes it."""
    sampled = {"value": wh, "context": context, **METER, **more}
    return {"timestamp": at or now(), "sampledValue": [sampled]}
