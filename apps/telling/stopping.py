"""Who stopped a session: by our own command, the token, the reason and what set it off. Pure.

The station's word is believed where it gives one. 1.6 may leave the reason out, which then means
"at the station", unless it leaves out all else, too. But where we had just asked it to stop, and it
agreed, it was us.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from apps.telling.evidence import Evidence
from apps.telling.faults import Fault, faults_of
from apps.telling.messages import Said
from apps.telling.orders import Order, order_of
from apps.telling.refs import Ref, command_ref, said_ref, status_ref

if TYPE_CHECKING:
    from apps.commands.models import CommandRow
    from apps.stations.models import StatusChange

_CROSSED = timedelta(seconds=5)  # an end may overtake the answer
_RIGHT_BEFORE = timedelta(minutes=1)
PROMPT = timedelta(minutes=2)  # within which a stop that was asked for is the one that came
AGREED = ("accepted", "confirmed", "not_confirmed", "failed")


class By(StrEnum):
    DRIVER = "driver_at_station"
    CAR = "car"
    OPERATOR = "operator"
    SYSTEM = "csms"
    STATION = "station"
    CABLE = "cable"
    UNKNOWN = "unknown"
    ESTIMATED = "estimated"

    @property
    def word(self) -> str:
        """As people read it."""
        return _WORDS[self]


_WORDS: Mapping[By, str] = {
    By.DRIVER: "At the station",
    By.CAR: "By the car",
    By.OPERATOR: "Remotely",
    By.SYSTEM: "By a limit or rule",
    By.STATION: "By the station",
    By.CABLE: "Cable unplugged",
    By.UNKNOWN: "Unknown",
    By.ESTIMATED: "Nobody told",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """``how``: card, button, limit, power cut …; ``name``: the person or program; ``text``: a
    sentence without its full stop."""

    by: By
    how: str
    name: str
    text: str
    evidence: tuple[Ref, ...]


_REASONS: Mapping[str, tuple[By, str, str]] = {
    "DeAuthorized": (By.SYSTEM, "policy", "Stopped by the station as not authorised"),
    "EVDisconnected": (By.CABLE, "unplugged", "Ended when the cable was unplugged"),
    "EmergencyStop": (By.STATION, "emergency stop", "The emergency stop was pressed"),
    "EnergyLimitReached": (By.SYSTEM, "limit", "Stopped by an energy limit"),
    "GroundFault": (By.STATION, "fault", "Stopped by an earth-leakage fault"),
    "HardReset": (By.STATION, "restart", "Stopped when the station was reset"),
    "ImmediateReset": (By.STATION, "restart", "Stopped when the station was reset"),
    "LocalOutOfCredit": (By.SYSTEM, "limit", "Stopped when the credit was used up"),
    "MasterPass": (By.DRIVER, "master card", "Stopped at the station with a master card"),
    "OtherFault": (By.STATION, "fault", "Stopped by a fault of the station"),
    "OvercurrentFault": (By.STATION, "fault", "Stopped by too much current"),
    "PowerLoss": (By.STATION, "power", "Ended by a power cut"),
    "PowerQuality": (By.STATION, "power", "Stopped by bad power quality"),
    "Reboot": (By.STATION, "restart", "Ended when the station restarted"),
    "SOCLimitReached": (By.SYSTEM, "limit", "Stopped by a limit of the battery's charge"),
    "SoftReset": (By.STATION, "restart", "Stopped for a reset of the station"),
    "Split": (By.OPERATOR, "split", "Ended where a person split it from what came after"),
    "StoppedByEV": (By.CAR, "", "Stopped by the car"),
    "TimeLimitReached": (By.SYSTEM, "limit", "Stopped by a time limit"),
    "UnlockCommand": (By.UNKNOWN, "unlock", "Ended when the cable was unlocked from afar"),
    "Timeout": (By.STATION, "timeout", "Stopped because no car was plugged in"),
}
_TRIGGERS: Mapping[str, str] = {
    "Deauthorized": "DeAuthorized",
    "EVDeparted": "EVDisconnected",
    "EVCommunicationLost": "EVDisconnected",
    "EnergyLimitReached": "EnergyLimitReached",
    "RemoteStop": "Remote",
    "ResetCommand": "ImmediateReset",
    "TimeLimitReached": "TimeLimitReached",
    "UnlockCommand": "UnlockCommand",
}
_GUESSES: Mapping[str, str] = {
    "Silent": "Closed from its last reading: no stop of it came",
    "Superseded": "Closed from its last reading: another session began on its connector",
    "UnknownToStation": "Closed from its last reading: the station no longer knew of it",
}
_RESTARTS = frozenset({"HardReset", "ImmediateReset", "Reboot", "SoftReset"})
_VAGUE = frozenset({"", "Local", "Other", "Remote"})


def stop_of(evidence: Evidence) -> Stop | None:
    """None while it runs."""
    session = evidence.session
    if session.ended_at is None:
        return None
    if session.is_estimated:
        text = _GUESSES.get(session.stop_reason, "Closed from its last reading")
        free = _freed(evidence)
        if session.stop_reason == "Silent" and free is not None:
            text += f", although its connector was free at {evidence.clock(free.at)}"
            return Stop(By.ESTIMATED, "", "", text, (*evidence.edges, status_ref(free)))
        return Stop(By.ESTIMATED, "", "", text, evidence.edges)
    reason = _reason(session.stop_reason, evidence.end)
    return _asked(evidence, reason) or _given(evidence, reason)


def _freed(evidence: Evidence) -> "StatusChange | None":
    """That its connector was free again after the last that is known of it."""
    after = (c for c in evidence.changes if c.status == "Available")
    return next((c for c in after if c.at >= evidence.bounds.ended_at), None)


def _asked(evidence: Evidence, reason: str) -> Stop | None:
    """By a command of ours."""
    if _is_ours(reason, evidence.end) and (row := _command(evidence, Order.STOP)):
        return _by_command(row, evidence, "stop", "Stopped remotely")
    if reason in _RESTARTS and (row := _command(evidence, Order.RESTART)):
        return _by_command(row, evidence, "restart", "Ended by a reset of the station")
    if reason == "UnlockCommand" and (row := _command(evidence, Order.UNLOCK)):
        return _by_command(row, evidence, "unlock", "Ended when the cable was unlocked")
    return None


def _given(evidence: Evidence, reason: str) -> Stop:
    """By the word of the station."""
    if reason == "DeAuthorized" and "unauthorised" in evidence.session.flags.split():
        return Stop(
            By.SYSTEM, "policy", "", "Stopped because the card was refused", _last(evidence)
        )
    if reason in _REASONS:
        return Stop(*_named(reason), evidence=_last(evidence))
    broken = _fault_at_end(evidence) if reason in ("", "Other") else None
    if broken is not None:
        refs = (*broken.evidence, *_last(evidence))
        return Stop(By.STATION, "fault", "", f"Stopped by a fault: {broken.name}", refs)
    return _at_station(evidence, reason)


def _fault_at_end(evidence: Evidence) -> Fault | None:
    """One that was reported right before the end, or right behind it."""
    ended_at = evidence.bounds.ended_at
    after = [c.at for c in evidence.changes if c.at > ended_at and c.status != "Faulted"]
    free_at = min(after, default=None)  # from then on it is another's
    return next(
        (
            f
            for f in faults_of(evidence)
            if f.at >= ended_at - _RIGHT_BEFORE and (free_at is None or f.at < free_at)
        ),
        None,
    )


def _reason(kept: str, end: Said | None) -> str:
    """The reason that the station gave, or what set the end off; "" where it said neither."""
    given = "" if kept == "Local" and end is not None and not end.reason else kept
    if end is None or given not in _VAGUE:
        return given
    return _TRIGGERS.get(end.trigger, given)


def _is_ours(reason: str, end: Said | None) -> bool:
    """Whether the station's word leaves room for our command, or says that it was that."""
    if reason == "Remote":
        return True
    has_card = end is not None and (bool(end.token) or end.trigger == "StopAuthorized")
    return reason in _VAGUE and not has_card


def _command(evidence: Evidence, order: Order) -> "CommandRow | None":
    end_at = _ended_by_our_clock(evidence)
    agreed = [
        row
        for row in evidence.commands
        if order_of(row) is order and row.answered_at is not None and row.state in AGREED
        and is_prompt(row.answered_at, end_at)
    ]  # fmt: skip
    return agreed[-1] if agreed else None


def is_prompt(answered_at: datetime, ended_at: datetime) -> bool:
    """Whether an end, by our clock, is the one to which a station had agreed."""
    return ended_at - PROMPT <= answered_at <= ended_at + _CROSSED


def _ended_by_our_clock(evidence: Evidence) -> datetime:
    end_at = evidence.session.ended_at or evidence.bounds.ended_at
    by_ours = end_at + evidence.lag
    return min(by_ours, evidence.end.received_at) if evidence.end else by_ours


def _by_command(row: "CommandRow", evidence: Evidence, how: str, what: str) -> Stop:
    """People and their programs are operators; what nobody gave is the system's own."""
    by = By.SYSTEM if row.is_unasked else By.OPERATOR
    who = f" by {row.actor}" if row.actor else ""
    why = f" ({row.reason})" if row.reason else ""
    return Stop(by, how, row.actor, f"{what}{who}{why}", (command_ref(row), *_last(evidence)))


def _at_station(evidence: Evidence, reason: str) -> Stop:
    end, refs = evidence.end, _last(evidence)
    if end is not None and (end.token or end.trigger == "StopAuthorized"):
        return Stop(By.DRIVER, "card", "", "Stopped at the station with a card", refs)
    if reason == "Remote":
        text = "Stopped remotely, by no command that is known here"
        return Stop(By.UNKNOWN, "", "", text, refs)
    if reason == "Local" or (reason == "" and end is not None and _leaves_out(end)):
        return Stop(By.DRIVER, "", "", "Stopped at the station", refs)
    said = f": {reason}" if reason and reason != "Other" else ""
    return Stop(By.UNKNOWN, "", "", f"Stopped for a reason that was not said{said}", refs)


def _leaves_out(end: Said) -> bool:
    """Whether a stop says all but its reason, as 1.6 has it where that is Local."""
    return not end.trigger and end.at is not None


def _named(reason: str) -> tuple[By, str, str, str]:
    by, how, text = _REASONS[reason]
    return by, how, "", text


def _last(evidence: Evidence) -> tuple[Ref, ...]:
    return (said_ref(evidence.end),) if evidence.end else evidence.edges[-1:]
