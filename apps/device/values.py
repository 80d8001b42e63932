"""What a variable may be set to. Pure: its traits and a value, a sentence or nothing.

Limits of a text are its length (2.0.1 VariableCharacteristicsType). A trait that nobody told
forbids nothing.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.device.meanings import meaning_of
from apps.domain.instants import parse_instant

if TYPE_CHECKING:
    from apps.stations.models import Variable

NUMBERS = ("integer", "decimal")
LISTS = ("MemberList", "SequenceList")
BOOLEANS = ("true", "false")
_WHOLE, _DECIMAL = re.compile(r"[+-]?\d+"), re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Shape:
    """``name`` for sentences; ``choices`` of an OptionList or a list of members."""

    name: str
    kind: str = ""
    unit: str = ""
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    is_read_only: bool = False


def shape_of(variable: "Variable") -> Shape:
    """As the station told it, else as the standard has it."""
    known = meaning_of(variable.component, variable.variable)
    shown = variable.variable.rpartition("/")[0] or variable.variable
    is_read_only = variable.mutability == "ReadOnly" or variable.is_constant is True
    if variable.data_type:
        choices = tuple(c.strip() for c in variable.values_list.split(",") if c.strip())
        return Shape(
            shown, variable.data_type, variable.unit, variable.min_limit, variable.max_limit,
            choices, is_read_only,
        )  # fmt: skip
    if known is None:
        return Shape(shown, is_read_only=is_read_only)
    return Shape(shown, known.kind, known.unit, known.least, known.most, (), is_read_only)


def problem(shape: Shape, value: str) -> str:
    """Why the station would not take ``value``; "" where nothing speaks against it."""
    if shape.is_read_only:
        return f"{shape.name} can only be read"
    if shape.kind in NUMBERS:
        return _number(shape, value)
    if shape.kind == "boolean":
        is_one = value.casefold() in BOOLEANS
        return "" if is_one else f"{shape.name} is true or false, not {_short(value)}"
    if shape.kind == "dateTime":
        return "" if parse_instant(value) else f"{shape.name} is a time, as 2030-01-31T12:00:00Z"
    return _member(shape, value) or _length(shape, value)


def _number(shape: Shape, value: str) -> str:
    is_whole = shape.kind == "integer"
    if not (_WHOLE if is_whole else _DECIMAL).fullmatch(value):
        return f"{shape.name} is a {'whole ' if is_whole else ''}number, not {_short(value)}"
    if shape.least is not None and float(value) < shape.least:
        return f"{shape.name} is at least {_plain(shape.least)}{_unit(shape)}"
    if shape.most is not None and float(value) > shape.most:
        return f"{shape.name} is at most {_plain(shape.most)}{_unit(shape)}"
    return ""


def _member(shape: Shape, value: str) -> str:
    if not shape.choices:
        return ""
    given = [one.strip() for one in value.split(",") if one.strip()]
    members = given if shape.kind in LISTS else [value]
    unknown = [one for one in members if one not in shape.choices]
    known = ", ".join(shape.choices)
    return f"{_short(unknown[0])} is none of what {shape.name} may be: {known}" if unknown else ""


def _length(shape: Shape, value: str) -> str:
    if shape.most is not None and len(value) > shape.most:
        return f"{shape.name} has at most {_plain(shape.most)} characters"
    if shape.least is not None and len(value) < shape.least:
        return f"{shape.name} has at least {_plain(shape.least)} characters"
    return ""


def _short(value: str) -> str:
    return f"“{value[:40]}{'…' if len(value) > 40 else ''}”"


def _plain(number: float) -> str:
    return f"{number:g}" if abs(number) < 1e6 else f"{number:.0f}"


def _unit(shape: Shape) -> str:
    return f" {shape.unit}" if shape.unit else ""
