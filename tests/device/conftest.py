"""A station, its outbox and its mouth: commands that were sent, answers and parts that come."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.batch.items import Item
from apps.batch.refs import StationRef
from apps.commands import services as commands
from apps.commands.models import CommandRow
from apps.commands.raw import meaning_of
from apps.domain.command import Command
from apps.domain.commands import RawCall
from apps.domain.events import CommandAnswered
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.protocol import MessageLimits, codec
from apps.stations.models import Station
from apps.stations.refs import find_refs
from tests.servers import register

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Mouth:
    """Speaks for the station CP1, in the words of its version."""

    ref: StationRef
    protocol: Protocol = Protocol.OCPP201
    now: datetime = NOW

    @property
    def station(self) -> Station:
        return Station.objects.get(pk=self.ref.id)

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def tells(self, action: str, payload: dict[str, Any]) -> None:
        """A call of the station, as the gateway would bring it in."""
        self.happens(codec(self.protocol).read(action, payload, self.now))

    def happens(self, event: Any) -> None:
        commit([Item(self.ref, self.protocol.value, "socket", self.now, event)], self.now)

    def is_sent(self, command: Command, actor: str = "Anna") -> CommandRow:
        """A command of ours that has left for the station."""
        call = command if isinstance(command, RawCall) else None
        meant = meaning_of(self.protocol, call) if call else command
        assert meant is not None
        row = commands.queue(
            organisation_id=self.ref.organisation_id, station_id=self.ref.id, identity="CP1",
            command=meant, now=self.now, actor=actor, verbatim=call,
        )  # fmt: skip
        assert commands.claim(row, connection_id="socket", now=self.now)
        spoken = codec(self.protocol)
        if isinstance(command, RawCall):
            calls = [spoken.encode(command)]
        else:
            parts = spoken.split(command, MessageLimits())
            calls = [spoken.encode(part, request_id=row.pk) for part in parts]
        payloads = [payload for _, payload in calls]
        request = payloads[0] if len(payloads) == 1 else {"parts": payloads}
        commands.note_call(row.pk, calls[0][0], request)
        row.refresh_from_db()
        return row

    def answers(self, row: CommandRow, payload: dict[str, Any]) -> CommandRow:
        """The station's answer to it; the row as it is then."""
        from apps.domain.commands import parse

        command = parse(row.name, row.parameters)
        outcome = codec(self.protocol).outcome(command, row.action, payload)
        self.happens(
            CommandAnswered(
                row.pk, outcome.status, outcome.detail, response=payload, values=outcome.values,
                facts=outcome.facts,
            )
        )  # fmt: skip
        row.refresh_from_db()
        return row


@pytest.fixture
def mouth(network: Organisation) -> Mouth:
    return Mouth(find_refs([register(network, "CP1").identity])["CP1"])


@pytest.fixture
def mouth16(mouth: Mouth) -> Mouth:
    mouth.protocol = Protocol.OCPP16
    return mouth


def part(request_id: int, seq: int, *names: str, more: bool = False, **said: Any) -> dict[str, Any]:
    """A NotifyReport that names variables of OCPPCommCtrlr, each with value ``said``."""
    entries = [
        {
            "component": {"name": "OCPPCommCtrlr"},
            "variable": {"name": name},
            "variableAttribute": [{"value": said.get(name, "1"), "mutability": "ReadWrite"}],
        }
        for name in names
    ]
    return {
        "requestId": request_id,
        "seqNo": seq,
        "generatedAt": "2026-03-01T12:00:00Z",
        "tbc": more,
        "reportData": entries,
    }
