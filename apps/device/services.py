"""A command made ready for its station: what it can take."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db.models.functions import Upper

from apps.device import values
from apps.domain.command import BadParameters, Command
from apps.domain.commands import SetVariables
from apps.domain.maintenance import SetMonitors
from apps.domain.password_rules import setting_problem
from apps.stations.models import Station, Variable

Item = Mapping[str, Any]
Place = tuple[str, str, int, int, str]  # component, variable, EVSE, connector, attribute

_THRESHOLDS = ("UpperThreshold", "LowerThreshold")
_PERIODS = ("Periodic", "PeriodicClockAligned")
_UNITS = ("string", "boolean", "dateTime", "OptionList", "MemberList", "SequenceList")


def prepare(station: Station, command: Command) -> Command:
    """The command; BadParameters with all that this station would refuse."""
    problems = list(problems_of_many([station], command).get(station.pk, ()))
    if isinstance(command, SetMonitors):
        problems += _bad_monitors(station, command)
    if problems:
        raise BadParameters(problems)
    return command


def problems_of_many(stations: Collection[Station], command: Command) -> Mapping[int, list[str]]:
    """What ``prepare`` says of values, by station, in as few queries for many as for one."""
    if not isinstance(command, SetVariables):
        return {}
    read = _read_of(stations, command.variables)
    return {
        station.pk: [
            why
            for item in command.variables
            if (why := _unfit(item, read[station.pk, _place(item)]))
        ]
        for station in stations
    }


def _read_of(
    stations: Collection[Station], items: Iterable[Item]
) -> defaultdict[tuple[int, Place], Variable | None]:
    """The variables that entries name, as each station told them last."""
    found: defaultdict[tuple[int, Place], Variable | None] = defaultdict(lambda: None)
    wanted = {_place(item) for item in items}
    rows = Variable.objects.annotate(upper=Upper("variable")).filter(
        station__in=[station.pk for station in stations],
        upper__in={place[1] for place in wanted},
    )
    for row in rows:
        place = (
            row.component.upper(), row.variable.upper(), row.evse_id, row.connector_id,
            row.attribute,
        )  # fmt: skip
        if place in wanted:
            found[row.station_id, place] = row
    return found


def _place(item: Item) -> Place:
    component = item.get("component") or {}
    evse = component.get("evse") or {}
    name = _full(item.get("variable") or {}) or str(item.get("key", ""))
    return (
        _full(component).upper(), name.upper(), evse.get("id") or 0, evse.get("connectorId") or 0,
        item.get("attributeType", "Actual"),
    )  # fmt: skip


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


def _unfit(item: Item, variable: Variable | None) -> str:
    """Why a value cannot be set; ``variable``: as it was read, None where it was not."""
    if problem := setting_problem(item):
        return problem
    if variable is None:
        return ""
    return values.problem(values.shape_of(variable), str(item.get("attributeValue", "")))


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
