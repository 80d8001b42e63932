"""What we reply to an event; the protocol floor writes it in the station's version."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.domain.vocabulary import BootStatus, TokenStatus


@dataclass(frozen=True, slots=True)
class Answer:
    """An empty acknowledgement, and the base of the others."""


@dataclass(frozen=True, slots=True)
class BootAnswer(Answer):
    status: BootStatus
    interval_s: int
    now: datetime


@dataclass(frozen=True, slots=True)
class TimeAnswer(Answer):
    now: datetime


@dataclass(frozen=True, slots=True)
class TokenAnswer(Answer):
    """The verdict on a token. ``group`` and its kind where the token has one.

    ``charging_priority``: -9 to 9, 0 is the usual (2.0.1 IdTokenInfoType).
    """

    status: TokenStatus
    group: str = ""
    group_kind: str = ""
    expires_at: datetime | None = None
    language: str = ""
    personal_message: str = ""
    charging_priority: int = 0


@dataclass(frozen=True, slots=True)
class SessionAnswer(Answer):
    """``transaction_id`` for a 1.6 start; ``token`` wherever a token was presented (X-09).

    ``total_cost`` includes VAT, in the tariff's currency; 0 means free, None unknown.
    """

    transaction_id: str | None = None
    token: TokenAnswer | None = None
    total_cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DataTransferAnswer(Answer):
    """``status``: Accepted | Rejected | UnknownVendorId | UnknownMessageId."""

    status: str
    data: str | None = None


@dataclass(frozen=True, slots=True)
class StatusAnswer(Answer):
    """A bare ``status`` member, for messages whose answer is nothing else."""

    status: str


@dataclass(frozen=True, slots=True)
class Refusal(Answer):
    """A CALLERROR: ``code`` in 2.0.1 spelling (the door knows 1.6's misspellings)."""

    code: str
    description: str = ""
