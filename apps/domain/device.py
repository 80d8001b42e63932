"""The device model, its monitors and what stations know of customers, in words of no version.

``variables`` name components and variables as OCPP 2.0.1 does, ``{"component": {"name"},
"variable": {"name"}}``; the variable may be left out for all of a component. The command's own
number is the requestId under which a station reports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from apps.domain.command import BadParameters, Command, Declaration, WhilePending, always, check
from apps.domain.confirmation import LASTING_S, ByAnswer, ByReport, never
from apps.domain.events import Event, VariableValue
from apps.domain.parameters import OneOf
from apps.domain.permissions import Permission
from apps.domain.variables import NAMED_COMPONENTS

BASES = ("full", "configuration", "summary")
CRITERIA = ("active", "available", "enabled", "problem")
MONITORING_CRITERIA = ("threshold", "delta", "periodic")
MONITORING_BASES = ("all", "factory_default", "hard_wired_only")
MOST_SEVERE, LEAST_SEVERE = 0, 9
MONITOR_KINDS = ("UpperThreshold", "LowerThreshold", "Delta", "Periodic", "PeriodicClockAligned")
_HASHES = ("SHA256", "SHA384", "SHA512")
_CERTIFICATE = {"issuer_name_hash": 128, "issuer_key_hash": 128, "serial_number": 40}
_LONGEST_CUSTOMER = 64


@dataclass(frozen=True, slots=True)
class ReadDeviceModel(Command):
    """``base``: full (everything), configuration (what can be set), summary (what goes wrong)."""

    declared = Declaration(
        name="read_device_model", noun="Read device model", title=always("Read device model"),
        permission=Permission.HELP_DRIVER,
        confirmed_by=ByReport(
            awaits="the report", patience_s=600.0, late_s=LASTING_S,
            is_answer_enough=never,
        ),
        while_pending=WhilePending.SETS_UP, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    base: Annotated[str, OneOf(BASES)] = "full"

    def __post_init__(self) -> None:
        check(_choice("base", self.base, BASES))


@dataclass(frozen=True, slots=True)
class GetReport(Command):
    """Variables by name, by ``criteria`` of their components, or both (B08)."""

    declared = Declaration(
        name="get_report", noun="Get report", title=always("Get report"),
        permission=Permission.HELP_DRIVER,
        confirmed_by=ByReport(
            awaits="the report", patience_s=600.0, late_s=LASTING_S,
            is_answer_enough=never,
        ),
        while_pending=WhilePending.SETS_UP, limited_as="GetReport", is_stepwise=False,
        is_for_many=False,
    )  # fmt: skip

    criteria: Sequence[str] = ()
    variables: Annotated[tuple[dict[str, Any], ...], NAMED_COMPONENTS] = ()

    def __post_init__(self) -> None:
        problems = [*_criteria(self.criteria, CRITERIA), *_names(self.variables)]
        if not self.criteria and not self.variables:
            problems.append("Name 'criteria' or 'variables'; read_device_model reads everything")
        check(problems)


@dataclass(frozen=True, slots=True)
class GetMonitoringReport(Command):
    """The monitors, all of them or as ``criteria`` and ``variables`` say (N02)."""

    declared = Declaration(
        name="get_monitoring_report", noun="Get monitoring report",
        title=always("Get monitoring report"),
        permission=Permission.HELP_DRIVER,
        confirmed_by=ByReport(
            awaits="the report", patience_s=600.0, late_s=LASTING_S,
            is_answer_enough=never,
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    criteria: Sequence[str] = ()
    variables: Annotated[tuple[dict[str, Any], ...], NAMED_COMPONENTS] = ()

    def __post_init__(self) -> None:
        check([*_criteria(self.criteria, MONITORING_CRITERIA), *_names(self.variables)])


@dataclass(frozen=True, slots=True)
class SetMonitoringBase(Command):
    """Which of its own monitors a station has at work (N03)."""

    declared = Declaration(
        name="set_monitoring_base", noun="Set monitoring base", title=always("Set monitoring base"),
        permission=Permission.ENGINEER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    base: Annotated[str, OneOf(MONITORING_BASES)]

    def __post_init__(self) -> None:
        check(_choice("base", self.base, MONITORING_BASES))


@dataclass(frozen=True, slots=True)
class SetMonitoringLevel(Command):
    """Events of this severity and graver ones are told (N05); 0 is the gravest, 9 the least."""

    declared = Declaration(
        name="set_monitoring_level", noun="Set monitoring level",
        title=always("Set monitoring level"),
        permission=Permission.ENGINEER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    severity: int

    def __post_init__(self) -> None:
        if self.severity > LEAST_SEVERE:
            raise BadParameters(["'severity' is a whole number from 0 to 9"])


@dataclass(frozen=True, slots=True)
class CustomerInformation(Command):
    """What a station knows of one customer: told (``report``), erased (``clear``), or both.

    Exactly one of ``token``, ``customer`` and ``certificate`` says who it is; the certificate is
    ``{"hash_algorithm", "issuer_name_hash", "issuer_key_hash", "serial_number"}`` (N09, N10).
    """

    declared = Declaration(
        name="customer_information", noun="Customer information",
        title=always("Customer information"),
        permission=Permission.EDIT_TOKENS,
        confirmed_by=ByReport(
            awaits="what the station tells", patience_s=600.0, late_s=LASTING_S,
            is_answer_enough=never,
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    report: bool = True
    clear: bool = False
    token: str = ""
    token_type: str = "ISO14443"  # noqa: S105 - a kind of token, no password
    customer: str = ""
    certificate: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        problems = []
        if not self.report and not self.clear:
            problems.append("Ask for a 'report', for 'clear', or for both")
        if sum(map(bool, (self.token, self.customer, self.certificate))) != 1:
            problems.append("Name exactly one of 'token', 'customer' and 'certificate'")
        if len(self.customer) > _LONGEST_CUSTOMER:
            problems.append(f"'customer' has at most {_LONGEST_CUSTOMER} characters")
        if self.certificate:
            problems += _certificate(self.certificate)
        check(problems)


@dataclass(frozen=True, slots=True)
class MonitorTold:
    """A monitor that a station has. ``of`` names its variable; ``kind`` is one of MONITOR_KINDS."""

    id: int
    of: VariableValue
    kind: str
    value: float
    severity: int
    is_transaction: bool = False


@dataclass(frozen=True, slots=True)
class MonitorsReported(Event):
    """A part of a report of monitors (2.0.1 NotifyMonitoringReport)."""

    request_id: int
    seq: int
    is_last: bool
    monitors: tuple[MonitorTold, ...]


@dataclass(frozen=True, slots=True)
class CustomerTold(Event):
    """A part of what a station knows of a customer (2.0.1 NotifyCustomerInformation)."""

    request_id: int
    seq: int
    is_last: bool
    text: str


@dataclass(frozen=True, slots=True)
class VariableSet:
    """A station took a value; ``needs_reboot``: it counts once the station has restarted."""

    of: VariableValue
    needs_reboot: bool = False


@dataclass(frozen=True, slots=True)
class VariableHidden:
    """The station knows it and does not show it: it can be written only."""

    of: VariableValue


@dataclass(frozen=True, slots=True)
class MonitorSet:
    """A station has set a monitor as we wanted it."""

    monitor: MonitorTold


@dataclass(frozen=True, slots=True)
class MonitorCleared:
    """A monitor is no more: it was cleared, or had never been."""

    id: int


@dataclass(frozen=True, slots=True)
class MonitoringBaseTaken:
    base: str


@dataclass(frozen=True, slots=True)
class MonitoringLevelTaken:
    severity: int


def _choice(name: str, value: str, known: Sequence[str]) -> list[str]:
    return [] if value in known else [f"{name!r} must be one of {', '.join(known)}"]


def _criteria(given: Any, known: Sequence[str]) -> list[str]:
    is_list = isinstance(given, list | tuple)
    if is_list and all(isinstance(one, str) and one in known for one in given):
        return [] if len(set(given)) == len(given) else ["'criteria' names one twice"]
    return [f"'criteria' must be a list of {', '.join(known)}"]


def _names(variables: Sequence[Mapping[str, Any]]) -> list[str]:
    """A component or, for a key, a variable must be named."""
    return [
        f"variables[{index}] must name a 'component' or a 'variable'"
        for index, item in enumerate(variables)
        if not any(_is_named(item.get(part)) for part in ("component", "variable"))
        or any(part in item and not _is_named(item[part]) for part in ("component", "variable"))
    ]


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str) and bool(value["name"])


def _certificate(given: Mapping[str, Any]) -> list[str]:
    known = {"hash_algorithm", *_CERTIFICATE}
    problems = [f"unknown member {name!r} of 'certificate'" for name in given if name not in known]
    if given.get("hash_algorithm") not in _HASHES:
        problems.append(f"'certificate.hash_algorithm' must be one of {', '.join(_HASHES)}")
    for name, longest in _CERTIFICATE.items():
        value = given.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            problems.append(f"'certificate.{name}' must be text of at most {longest} characters")
    return problems
