"""What a sentence rests on: a message, a sample, or one recorded thing. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from apps.telling.messages import Said

if TYPE_CHECKING:
    from apps.commands.models import CommandRow
    from apps.device.models import DeviceEvent
    from apps.stations.models import StatusChange
    from apps.tokens.models import Attempt


class Kind(StrEnum):
    """What a reference names."""

    MESSAGE = "message"
    SAMPLE = "sample"
    STATUS = "status"
    LINK = "link"
    COMMAND = "command"
    ATTEMPT = "attempt"
    ALARM = "alarm"
    LIMIT = "limit"
    SESSION = "session"
    FACT = "fact"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Ref:
    """One thing that a sentence rests on. ``key``: its number; of a sample its ``at`` is enough."""

    kind: Kind
    key: int
    at: datetime


def said_ref(said: Said) -> Ref:
    return Ref(Kind.MESSAGE, said.id, said.received_at)


def status_ref(change: "StatusChange") -> Ref:
    return Ref(Kind.STATUS, change.pk, change.at)


def command_ref(row: "CommandRow") -> Ref:
    return Ref(Kind.COMMAND, row.pk, row.created_at)


def attempt_ref(attempt: "Attempt") -> Ref:
    return Ref(Kind.ATTEMPT, attempt.pk, attempt.at)


def alarm_ref(alarm: "DeviceEvent") -> Ref:
    return Ref(Kind.ALARM, alarm.pk, alarm.at)
