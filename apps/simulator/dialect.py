"""What both versions can say, and how a station asks for it. Pure builders of messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from apps.simulator.meter import Reading
from apps.simulator.outlet import Outlet, Session, Token
from apps.simulator.wire import Message, Payload


@dataclass(frozen=True)
class Identity:
    """What a station says of itself in BootNotification."""

    vendor: str = "Simulated"
    model: str = "SimCharger"
    firmware: str = "1.0.0"
    serial: str = "SIM0001"


@dataclass(frozen=True)
class Moment:
    """Something that happened to a session, and what the meter showed then."""

    session: Session
    reading: Reading
    trigger: str
    is_offline: bool


class Dialect(Protocol):
    """One OCPP version. `trigger` and `reason` are 2.0.1's words; 1.6 says what it can."""

    protocol: str

    def boot(self, identity: Identity, reason: str, /) -> Message: ...

    def authorize(self, token: Token) -> Message: ...

    def status(self, outlet: Outlet, at: datetime) -> Message: ...

    def faulted(self, outlet: Outlet, at: datetime) -> list[Message]: ...

    def started(self, moment: Moment) -> Message: ...

    def charging_state(self, outlet: Outlet, moment: Moment, /) -> Message: ...

    def sampled(self, moment: Moment) -> Message: ...

    def ended(self, moment: Moment) -> Message: ...

    def meter_values(self, outlet: Outlet, reading: Reading) -> Message: ...

    def verdict(self, answer: Payload) -> str | None:
        """What the server says of the token in an answer, None where it says nothing."""

    def note_started(self, session: Session, answer: Payload) -> None:
        """Take what the answer to a start tells: the transaction id of 1.6."""


class Settings(Protocol):
    """The settings that have an effect, under whatever name the version gives them."""

    heartbeat_interval_s: int
    sample_interval_s: int

    @property
    def authorizes_remote_start(self) -> bool: ...

    @property
    def stops_on_invalid_token(self) -> bool: ...


def heartbeat() -> Message:
    return Message("Heartbeat", {})


def without_none(**fields: Any) -> Payload:
    return {name: value for name, value in fields.items() if value is not None}
