"""Values of variables as stations tell them: kept in one statement, with what changed them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from apps.domain.device import VariableSet
from apps.domain.events import VariableValue
from apps.journal.masking import masked
from apps.journal.secrecy import MASK, is_secret_variable
from apps.stations.models import Variable

Key = tuple[str, str, int, int, str]

_KEY = ("component", "variable", "evse_id", "connector_id", "attribute")
_FACTS = (
    "value", "mutability", "is_persistent", "is_constant", "data_type", "unit", "min_limit",
    "max_limit", "values_list", "supports_monitoring", "read_at", "changed_at", "changed_by",
    "changed_command_id", "report_id",
)  # fmt: skip


def key_of(value: VariableValue) -> Key:
    """Under which names it is kept: the instance follows a slash, 0 is no EVSE."""
    component = "/".join(filter(None, (value.component, value.component_instance)))
    variable = "/".join(filter(None, (value.variable, value.variable_instance)))
    place = (value.evse_id or 0, value.connector_id or 0)
    return component[:110], variable[:110], *place, value.attribute


def shown_value(component: str, variable: str, value: str) -> str:
    """The value as people may see it; "" where there is none."""
    is_secret = bool(value) and is_secret_variable(component, variable)
    return MASK if is_secret else str(masked(value))


def keep(
    station_id: int,
    values: Iterable[VariableValue],
    now: datetime,
    report_id: int | None = None,
) -> None:
    """What the station told, secrets masked; what it did not tell stays as it was."""
    told = {key_of(value): value for value in values}
    if not told:
        return
    known = _known(station_id, told)
    rows = [
        _row(station_id, key, value, known.get(key), now, report_id) for key, value in told.items()
    ]
    Variable.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["station", *_KEY], update_fields=_FACTS
    )


def note_set(
    station_id: int, taken: VariableSet, *, actor: str, command_id: int, now: datetime
) -> None:
    """The station took a value: by whom, and whether it must restart for it."""
    names = dict(zip(_KEY, key_of(taken.of), strict=True))
    Variable.objects.filter(
        station_id=station_id,
        component__iexact=names.pop("component"),
        variable__iexact=names.pop("variable"),
        **names,
    ).update(
        changed_at=now,
        changed_by=actor[:160],
        changed_command_id=command_id,
        needs_reboot=taken.needs_reboot,
    )


def note_boots(station_ids: Collection[int]) -> None:
    """What waited for a restart counts from now on."""
    if station_ids:
        waiting = Variable.objects.filter(station_id__in=station_ids, needs_reboot=True)
        waiting.update(needs_reboot=False)


def drop_unnamed(station_id: int, report_id: int) -> int:
    """Forget what a report of everything did not name; how many there were."""
    gone = Variable.objects.filter(station_id=station_id).exclude(report_id=report_id)
    return gone.delete()[0]


def _known(station_id: int, told: Collection[Key]) -> dict[Key, Variable]:
    components = {key[0] for key in told}
    rows = Variable.objects.filter(station_id=station_id, component__in=components)
    found = ((tuple(getattr(row, name) for name in _KEY), row) for row in rows)
    return {key: row for key, row in found if key in told}


def _row(
    station_id: int,
    key: Key,
    value: VariableValue,
    known: Variable | None,
    now: datetime,
    report_id: int | None,
) -> Variable:
    row = known or Variable(station_id=station_id, **dict(zip(_KEY, key, strict=True)))
    row.pk = None
    shown = shown_value(value.component, value.variable, value.value or "")
    if known is not None and row.value != shown and not _is_ours(row):
        row.changed_at, row.changed_by, row.changed_command_id = now, "", None
    row.value, row.read_at = shown, now
    row.report_id = report_id or row.report_id
    row.mutability = value.mutability or row.mutability
    for name in ("is_persistent", "is_constant"):
        if getattr(value, name) is not None:
            setattr(row, name, getattr(value, name))
    for name, trait in _traits(value).items():
        setattr(row, name, trait)
    row.values_list = shown_value(value.component, value.variable, row.values_list)
    return row


def _is_ours(row: Variable) -> bool:
    """Whether it has not been read since somebody had it set through us."""
    return row.changed_at is not None and row.changed_at >= row.read_at


def _traits(value: VariableValue) -> dict[str, Any]:
    told = value.traits
    if told is None:
        return {}
    return {
        "data_type": told.data_type[:20],
        "unit": told.unit[:16],
        "min_limit": told.min_limit,
        "max_limit": told.max_limit,
        "values_list": told.values_list,
        "supports_monitoring": told.supports_monitoring,
    }
