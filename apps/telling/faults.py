"""The faults of a session: what the station showed, noticed, or gave as its reason. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from apps.stations import faults
from apps.telling.evidence import Evidence
from apps.telling.refs import Ref, alarm_ref, said_ref, status_ref

if TYPE_CHECKING:
    from apps.device.models import DeviceEvent
    from apps.stations.models import StatusChange

_NEAR = timedelta(minutes=2)
_GRAVE = 3  # 2.0.1 severity: danger, hardware failure, system failure, critical
# OCPP 2.0.1 appendix, standardised components, by the cause that they stand for
_COMPONENTS = {
    "ConnectorPlugRetentionLock": "ConnectorLockFailure",
    "ControlMetering": "PowerMeterFailure",
    "CPPWMController": "EVCommunicationError",
    "FiscalMetering": "PowerMeterFailure",
    "GroundIsolationProtection": "GroundFailure",
    "OverCurrentBreaker": "OverCurrentFailure",
    "OverCurrentProtection": "OverCurrentFailure",
    "PowerContactor": "PowerSwitchFailure",
    "RCD": "GroundFailure",
    "TemperatureSensor": "HighTemperature",
    "TokenReader": "ReaderFailure",
}
_REASONS = {
    "EmergencyStop": "the emergency stop was pressed",
    "GroundFault": faults.words("GroundFailure"),
    "OtherFault": "a fault that it does not name",
    "OvercurrentFault": faults.words("OverCurrentFailure"),
    "PowerQuality": "bad power quality",
}
_CODES = {"GroundFault": "GroundFailure", "OvercurrentFault": "OverCurrentFailure"}
_LOOK = "Somebody should look at the charger before the next driver does."


@dataclass(frozen=True, slots=True)
class Fault:
    """``name``: what it is, in words; ``is_whole``: of the whole station."""

    at: datetime
    name: str
    advice: str
    evidence: tuple[Ref, ...]
    detail: str = ""
    is_whole: bool = False

    @property
    def sentence(self) -> str:
        who = "The whole station" if self.is_whole else "The charger"
        return f"{who} reported a fault"


def faults_of(evidence: Evidence) -> list[Fault]:
    """Each once, oldest first: a status and the notice that names it are one fault."""
    found = [_shown(change, evidence) for change in evidence.faults]
    if not found:
        found = [_noticed(alarm) for alarm in evidence.alarms if _is_grave(alarm)]
    if not found and evidence.session.stop_reason in _REASONS:
        found = list(_stopped_by(evidence))
    return sorted(_apart(found), key=lambda fault: fault.at)


def _apart(found: list[Fault]) -> Iterator[Fault]:
    """Of one name within a short while only the first."""
    last: dict[str, datetime] = {}
    for fault in found:
        known = last.get(fault.name)
        last[fault.name] = fault.at
        if known is None or fault.at - known > _NEAR:
            yield fault


def _shown(change: "StatusChange", evidence: Evidence) -> Fault:
    """2.0.1 gives no code with a status: what was noticed beside it names it, or the reason."""
    named = faults.words(change.error_code)
    beside = [a for a in evidence.alarms if not a.is_cleared and abs(a.at - change.at) <= _NEAR]
    refs: tuple[Ref, ...] = (status_ref(change),)
    code, detail = change.error_code, change.info
    if not named and beside:
        alarm = min(beside, key=lambda a: abs(a.at - change.at))
        code, named = _code_of(alarm), _name_of(alarm)
        refs, detail = (*refs, alarm_ref(alarm)), detail or alarm.tech_info
    if not named and evidence.session.stop_reason in _REASONS:
        code = _CODES.get(evidence.session.stop_reason, "")
        named = _REASONS[evidence.session.stop_reason]
        refs = (*refs, *_end(evidence))
    if not named:
        named, detail = change.info or "it gave no code for it", ""
    return Fault(change.at, named, faults.advice(code) or _LOOK, refs, detail, change.evse_id == 0)


def _noticed(alarm: "DeviceEvent") -> Fault:
    advice = faults.advice(_code_of(alarm)) or _LOOK
    return Fault(alarm.at, _name_of(alarm), advice, (alarm_ref(alarm),), alarm.tech_info,
                 alarm.evse_id == 0)  # fmt: skip


def _stopped_by(evidence: Evidence) -> Iterator[Fault]:
    session = evidence.session
    if session.ended_at is not None:
        code = _CODES.get(session.stop_reason, "")
        name, advice = _REASONS[session.stop_reason], faults.advice(code) or _LOOK
        yield Fault(session.ended_at, name, advice, _end(evidence))


def _end(evidence: Evidence) -> tuple[Ref, ...]:
    return (said_ref(evidence.end),) if evidence.end else evidence.edges[-1:]


def _is_grave(alarm: "DeviceEvent") -> bool:
    """A notice that is a fault by itself."""
    if alarm.is_cleared or alarm.trigger != "Alerting":
        return False
    is_problem = alarm.variable == "Problem" and alarm.value.casefold() == "true"
    return is_problem or (alarm.severity is not None and alarm.severity <= _GRAVE)


def _code_of(alarm: "DeviceEvent") -> str:
    is_known = faults.words(alarm.tech_code) not in ("", alarm.tech_code)
    return alarm.tech_code if is_known else _COMPONENTS.get(alarm.component, "")


def _name_of(alarm: "DeviceEvent") -> str:
    code = _code_of(alarm)
    what = faults.words(code) or f"{alarm.component} {alarm.variable}"
    return f"{what} ({alarm.tech_code})" if alarm.tech_code not in ("", code) else what
