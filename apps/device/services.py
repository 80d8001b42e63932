"""A command made ready for its station: what it can take."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.device import values
from apps.domain.command import BadParameters, Command
from apps.domain.commands import SetVariables
from apps.domain.maintenance import SetMonitors
from apps.domain.password_rules import setting_problem
from apps.stations.models import Station, Variable

Item = Mapping[str, Any]

_THRESHOLDS = ("UpperThreshold", "LowerThreshold")
_PERIODS = ("Periodic", "PeriodicClockAligned")
_UNITS = ("string", "boolean", "dateTime", "OptionList", "MemberList", "SequenceList")


def prepare(station: Station, command: Command) -> Command:
    """The command; BadParameters with all that this station would refuse."""
    problems: list[str] = []
    if isinstance(command, SetVariables):
        problems += _bad_values(station, command)
    if isinstance(command, SetMonitors):
        problems += _bad_monitors(station, command)
    if problems:
        raise BadParameters(problems)
    return command


def find_variable(station: Station, item: Item) -> Variable | None:
    """The variable that an entry of a message names, as it was read last."""
    component, variable = item.get("component") or {}, item.get("variable") or {}
    evse = component.get("evse") or {}
    return Variable.objects.filter(
        station=station,
        component__iexact=_full(component),
        variable__iexact=_full(variable) or str(item.get("key", "")),
        evse_id=evse.get("id") or 0,
        connector_id=evse.get("connectorId") or 0,
        attribute=item.get("attributeType", "Actual"),
    ).first()


def _full(named: Item) -> str:
    return "/".join(filter(None, (str(named.get("name", "")), str(named.get("instance", "")))))


def _bad_values(station: Station, command: SetVariables) -> Iterator[str]:
    for item in command.variables:
        if unfit := setting_problem(item):
            yield unfit
            continue
        variable = find_variable(station, item)
        if variable is not None:
            why = values.problem(values.shape_of(variable), str(item.get("attributeValue", "")))
            yield from [why] if why else []


def _bad_monitors(station: Station, command: SetMonitors) -> Iterator[str]:
    for item in command.monitors:
        variable = find_variable(station, item)
        kind = str(item.get("type"))
        if variable is not None and variable.supports_monitoring is False:
            yield f"The station cannot watch {variable.variable}"
        elif variable is not None and variable.data_type in _UNITS:
            yield from _bad_monitor(variable, kind, item.get("value"))
        if kind in _PERIODS and not _is_positive(item.get("value")):
            yield f"The value of a {kind} monitor is its seconds, above 0"


def _bad_monitor(variable: Variable, kind: str, value: Any) -> Iterator[str]:
    """Only numbers have thresholds; of others each change counts, which is Delta 1 (N04.FR.11)."""
    if kind in _THRESHOLDS:
        yield f"{variable.variable} is no number and has no threshold: watch it with Delta"
    elif kind == "Delta" and value != 1:
        yield f"{variable.variable} is no number: each change of it counts, so Delta is 1"


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
