"""What went on in a session, said to a support agent. Pure rules, most serious first.

A rule looks at the facts and returns a finding with its evidence, or None. It never guesses:
where the station said nothing, nothing is concluded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.domain.vocabulary import SessionState
from apps.sessions import words
from apps.sessions.entry import LITTLE_WH

SHORT = timedelta(minutes=2)
PATIENCE = timedelta(minutes=5)
IDLE = timedelta(minutes=30)
_POWER_CUT = {"PowerLoss", "Reboot", "HardReset", "ImmediateReset"}
_FAULTS = {"GroundFault", "OvercurrentFault", "OtherFault", "PowerQuality", "EmergencyStop"}


@dataclass(frozen=True, slots=True)
class Finding:
    """``tone``: ok | paused | faulted | charging. ``evidence`` says where it shows."""

    tone: str
    title: str
    advice: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """All that the rules look at. ``refusals``: verdicts other than Accepted near the start;
    ``fault``: (code, its words, advice, since); ``outages``: offline from – to;
    ``paused_by_car_at``: the first time; ``charged_until``: when power last flowed."""

    now: datetime
    state: str
    started_at: datetime
    ended_at: datetime | None
    stop_reason: str
    energy_wh: float
    soc_pct: float | None = None
    power_w: float | None = None
    is_estimated: bool = False
    has_samples: bool = True
    flags: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    fault: tuple[str, str, str, datetime] | None = None
    outages: tuple[tuple[datetime, datetime | None], ...] = ()
    late_messages: int = 0
    paused_by_car_at: datetime | None = None
    charged_until: datetime | None = None
    is_connected: bool = True

    @property
    def duration(self) -> timedelta:
        return (self.ended_at or self.now) - self.started_at

    @property
    def took_nothing(self) -> bool:
        return self.energy_wh < LITTLE_WH


def diagnose(case: Case) -> list[Finding]:
    """Every finding; when no rule speaks, that it looks normal."""
    found = [finding for rule in RULES if (finding := rule(case)) is not None]
    return found or [_normal(case)]


def _faulted(case: Case) -> Finding | None:
    if case.fault is None:
        return None
    code, meaning, advice, since = case.fault
    return Finding(
        "faulted", f"The charger reported a fault: {meaning}.", advice, f"{code} at {_clock(since)}"
    )


def _stopped_by_fault(case: Case) -> Finding | None:
    if case.stop_reason not in _FAULTS:
        return None
    return Finding(
        "faulted",
        f"{words.stop_reason(case.stop_reason)} ended the session.",
        "Somebody should look at the charger before the next driver does.",
        f"Stop reason {case.stop_reason}",
    )


def _refused(case: Case) -> Finding | None:
    if not case.refusals and case.stop_reason != "DeAuthorized":
        return None
    verdict = case.refusals[-1] if case.refusals else "not accepted"
    return Finding(
        "faulted",
        f"The card was refused: {verdict}.",
        "Charger and cable are fine. Use another card, or correct this one under Tokens.",
        f"Verdict {verdict}",
    )


def _badly_seated(case: Case) -> Finding | None:
    unplugged = case.stop_reason in ("EVDisconnected", "Timeout")
    if not (case.ended_at and case.took_nothing and unplugged and case.duration < SHORT):
        return None
    return Finding(
        "paused",
        f"The cable came out {_length(case.duration)} after the start.",
        "It was probably not fully seated: push until it clicks, then start again.",
        f"Stop reason {case.stop_reason}, {case.energy_wh / 1000:.3f} kWh",
    )


def _nothing_delivered(case: Case) -> Finding | None:
    if not case.ended_at or not case.took_nothing or _badly_seated(case):
        return None
    return Finding(
        "paused",
        "No energy was delivered.",
        "The car never drew power: timer in the car, full battery, or a cable that does not fit.",
        f"{case.energy_wh / 1000:.3f} kWh in {_length(case.duration)}",
    )


def _power_cut(case: Case) -> Finding | None:
    if case.stop_reason not in _POWER_CUT:
        return None
    return Finding(
        "faulted",
        f"{words.stop_reason(case.stop_reason)} while the car was charging.",
        "The driver can start again; if others at the site ended too, it was the site's supply.",
        f"Stop reason {case.stop_reason} at {_clock(case.ended_at)}",
    )


def _estimated(case: Case) -> Finding | None:
    if not case.is_estimated:
        return None
    return Finding(
        "paused",
        "The charger never said that the session ended.",
        "End and energy are estimated from the last reading; a late stop will correct them.",
        f"Last reading until {_clock(case.ended_at)}",
    )


def _outage(case: Case) -> Finding | None:
    if not case.outages:
        return None
    begun, over = case.outages[-1]
    until = _clock(over) if over else "now"
    late = f" {case.late_messages} messages arrived late." if case.late_messages else ""
    return Finding(
        "paused",
        f"The charger was offline {_clock(begun)}–{until}.{late}",
        "Charging goes on without us; what was measured is sent afterwards.",
        f"{len(case.outages)} interruption{'s' if len(case.outages) > 1 else ''}",
    )


def _waits(case: Case) -> Finding | None:
    if case.state != SessionState.PENDING or case.duration < PATIENCE:
        return None
    return Finding(
        "paused",
        f"Started {_length(case.duration)} ago, and still no energy.",
        "Is the cable in at both ends, and does a timer in the car hold it back?",
        f"Waiting since {_clock(case.started_at)}",
    )


def _paused_by_station(case: Case) -> Finding | None:
    if case.state != SessionState.SUSPENDED_EVSE:
        return None
    return Finding(
        "paused", "The station holds back.",
        "A limit, a schedule or its own protection; the car would take more.",
        "State SuspendedEVSE",
    )  # fmt: skip


def _car_stopped(case: Case) -> Finding | None:
    if case.paused_by_car_at is None or case.took_nothing:
        return None
    after = _length(case.paused_by_car_at - case.started_at)
    at = f" at {case.soc_pct:.0f} %" if case.soc_pct is not None else ""
    return Finding(
        "ok",
        f"The car stopped drawing after {after}{at}: normal.",
        "The battery is full or has reached the driver's own limit.",
        f"SuspendedEV at {_clock(case.paused_by_car_at)}",
    )


def _idle(case: Case) -> Finding | None:
    if case.charged_until is None or case.took_nothing:
        return None
    idle = (case.ended_at or case.now) - case.charged_until
    if idle < IDLE:
        return None
    return Finding(
        "paused", f"The cable stayed in for {_length(idle)} after charging.",
        "The place was blocked for others.", f"No power since {_clock(case.charged_until)}",
    )  # fmt: skip


def _unmeasured(case: Case) -> Finding | None:
    if case.has_samples or case.duration < PATIENCE:
        return None
    return Finding(
        "paused",
        "The charger sends no meter values.",
        "Check its sample interval and measurands under Configuration.",
        "No sample in this session",
    )


_MARKS = frozenset({"gaps", "no_start", "no_register", "clock"})  # others have their own rule


def _odd_record(case: Case) -> Finding | None:
    marks = [words.flag(flag) for flag in case.flags if flag in _MARKS]
    if not marks:
        return None
    return Finding(
        "paused",
        f"The record needs a look: {', '.join(marks)}.",
        "Energy follows the stated rule; check it before it is billed.",
        ", ".join(case.flags),
    )


def _normal(case: Case) -> Finding:
    if case.ended_at is None:
        return Finding("charging", "Nothing unusual so far.", "No action is needed.")
    return Finding(
        "ok",
        f"A normal session. {words.stop_reason(case.stop_reason) or 'It ended'}.",
        "No action is needed.",
        f"Stop reason {case.stop_reason}" if case.stop_reason else "",
    )


RULES: tuple[Callable[[Case], Finding | None], ...] = (
    _faulted, _stopped_by_fault, _refused, _badly_seated, _nothing_delivered, _power_cut,
    _estimated, _outage, _waits, _paused_by_station, _car_stopped, _idle, _unmeasured, _odd_record,
)  # fmt: skip


def _clock(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant:%H:%M}"


def _length(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    minutes = seconds // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"
