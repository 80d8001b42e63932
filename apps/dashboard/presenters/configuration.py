"""The configuration of a station: its variables or keys, what they mean and may be."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from django.utils import timezone

from apps.accounts.models import Actor
from apps.dashboard.forms.configuration import label_of
from apps.dashboard.presenters.reports import ReportLine, report_line
from apps.device import selectors as device
from apps.device.assembly import Kind
from apps.device.meanings import meaning_of
from apps.device.values import LISTS, NUMBERS, Shape, shape_of
from apps.habits.selectors import unit_of
from apps.stations import selectors
from apps.stations.models import Station, Variable

SHOW = (
    ("", "everything"),
    ("set", "what can be set"),
    ("changed", "what was changed"),
    ("reboot", "what waits for a restart"),
)
_MOST = 2000
_FURTHER = {"Target": "target", "MinSet": "at least", "MaxSet": "at most"}


@dataclass(frozen=True, slots=True)
class VariableLine:
    """A variable with its other attributes as ``further``: ("at most", "32")."""

    variable: Variable
    shape: Shape
    meaning: str
    allowed: str
    label: str
    further: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_write_only(self) -> bool:
        return self.variable.mutability == "WriteOnly"


@dataclass(frozen=True, slots=True)
class ConfigurationSheet:
    lines: list[VariableLine]
    read_at: datetime | None
    waiting: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class ModelReport:
    """How far the latest report of the device model is."""

    station: Station
    line: ReportLine | None
    key: str

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({f"station:{self.key}"})


def configuration_sheet(actor: Actor, station: Station, q: str, show: str) -> ConfigurationSheet:
    """``show``: one of SHOW. ``q``: part of a name, or of what it means."""
    variables = list(selectors.list_variables(actor, station)[:_MOST])
    lines = [_line(station, list(same)) for _, same in groupby(variables, key=_what)]
    return ConfigurationSheet(
        lines=[line for line in lines if _is_wanted(line, q.casefold(), show)],
        read_at=max((v.read_at for v in variables), default=None),
        waiting=sum(v.needs_reboot for v in variables),
        is_known=bool(variables),
    )


def model_report(actor: Actor, station: Station) -> ModelReport:
    found = device.find_latest(actor, station.pk, Kind.VARIABLES)
    line = report_line(found, timezone.now(), sees_customers=False) if found else None
    return ModelReport(station, line, str(station.pk))


def _what(variable: Variable) -> tuple[object, ...]:
    return (
        variable.component, variable.evse_id, variable.connector_id, variable.variable,
    )  # fmt: skip


def _line(station: Station, same: list[Variable]) -> VariableLine:
    main = next((v for v in same if v.attribute == "Actual"), same[0])
    shape = shape_of(main)
    if not shape.unit:
        shape = replace(shape, unit=unit_of(station, main.variable))
    meaning = meaning_of(main.component, main.variable)
    return VariableLine(
        variable=main,
        shape=shape,
        meaning=meaning.words if meaning else "",
        allowed=allowed(shape),
        label=label_of(main),
        further=[
            (_FURTHER[v.attribute], v.value)
            for v in same
            if v is not main and v.attribute in _FURTHER and v.value
        ],
    )


def allowed(shape: Shape) -> str:
    """What it may be, in words; "" where nobody told."""
    if shape.kind == "boolean":
        return "true or false"
    if shape.choices:
        some = "any of" if shape.kind in LISTS else "one of"
        return f"{some} {', '.join(shape.choices)}"
    length = "" if shape.kind in NUMBERS else " characters"
    least, most = _written(shape.least), _written(shape.most)
    if least and most:
        return f"{least} to {most}{length}"
    if most:
        return f"at most {most}{length}"
    return f"at least {least}{length}" if least and least != "0" else ""


def _written(limit: float | None) -> str:
    return "" if limit is None else f"{limit:.12g}"


def _is_wanted(line: VariableLine, q: str, show: str) -> bool:
    variable = line.variable
    texts: Iterable[str] = (variable.component, variable.variable, line.meaning)
    if q and not any(q in text.casefold() for text in texts):
        return False
    return {
        "set": not line.shape.is_read_only,
        "changed": variable.changed_at is not None,
        "reboot": variable.needs_reboot,
    }.get(show, True)
