"""The parameters of a command as JSON: what they are made of, read and written again.

What a parameter is stands at its field alone: its type, and what else is true of it in an
``Annotated``. The check of what was given and the document of the interface both read that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin

from apps.domain.command import BadParameters, Command

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OneOf:
    """A word out of these."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """What each object of a list must have; ``named``: an object with a ``name``, where it is."""

    required: tuple[str, ...]
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfTheSystem:
    """Nobody gives it; the system fills it in."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What may be given: a check with its words, and the JSON Schema that says the same."""

    fits: Callable[[Any], bool]
    words: str
    schema: Mapping[str, Any]


def _is_list(value: Any, kind: type) -> bool:
    return isinstance(value, list | tuple) and all(type(item) is kind for item in value)


def _any(_value: Any) -> bool:
    """What a command looks at itself."""
    return True


_KINDS: Mapping[Any, Kind] = {
    bool: Kind(lambda v: isinstance(v, bool), "true or false", {"type": "boolean"}),
    int: Kind(lambda v: type(v) is int and v >= 0, "a whole number",
              {"type": "integer", "minimum": 0}),
    str: Kind(lambda v: isinstance(v, str), "a string", {"type": "string"}),
    dict: Kind(lambda v: isinstance(v, dict), "an object", {"type": "object"}),
    (tuple, int): Kind(lambda v: _is_list(v, int), "a list of whole numbers",
                       {"type": "array", "items": {"type": "integer"}}),
    (tuple, dict): Kind(lambda v: _is_list(v, dict), "a list of objects",
                        {"type": "array", "items": {"type": "object"}}),
    float: Kind(_any, "", {"type": "number"}),
    (Sequence, int): Kind(_any, "", {"type": "array", "items": {"type": "integer"}}),
    (Sequence, str): Kind(_any, "", {"type": "array", "items": {"type": "string"}}),
    Any: Kind(_any, "", {}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a command; ``marks``: what else its field says of it."""

    name: str
    kind: Kind
    is_required: bool
    may_be_null: bool
    default: Any
    marks: tuple[Any, ...]

    def mark(self, kind: type) -> Any:
        """What it says of this kind; None where it says nothing."""
        return next((mark for mark in self.marks if isinstance(mark, kind)), None)


def parameters_of(kind: type[Command]) -> dict[str, Parameter]:
    """By name, in the order of the fields."""
    return {field.name: _parameter(field) for field in fields(kind)}


def read(kind: type[Command], given: Mapping[str, Any]) -> Command:
    """The command, or BadParameters with every problem found."""
    if not isinstance(given, Mapping):
        raise BadParameters(["parameters must be an object"])
    known = parameters_of(kind)
    problems = [f"unknown parameter {key!r}" for key in given if key not in known]
    for name, parameter in known.items():
        if parameter.is_required and given.get(name) is None:
            problems.append(f"{name!r} is required")
    for name, value in given.items():
        if name in known and value is not None:
            problems += _problems(known[name], value)
    if problems:
        raise BadParameters(problems)
    return kind(**{name: _frozen(value) for name, value in given.items()})


def written(command: Command) -> Json:
    """The JSON parameters of a command, without what was left out."""
    pairs = ((field.name, getattr(command, field.name)) for field in fields(command))
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in pairs
        if value is not None
    }


def _parameter(field: Field[Any]) -> Parameter:
    plain, marks = _unwrapped(field.type)
    inner = [one for one in get_args(plain) if one is not NoneType]
    may_be_null = isinstance(plain, UnionType)
    plain = inner[0] if may_be_null else plain
    return Parameter(
        name=field.name,
        kind=_KINDS[_key(plain)],
        is_required=field.default is MISSING and field.default_factory is MISSING,
        may_be_null=may_be_null,
        default=None if field.default is MISSING else field.default,
        marks=marks,
    )


def _unwrapped(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    if get_origin(annotation) is Annotated:
        plain, *marks = get_args(annotation)
        return plain, tuple(marks)
    return annotation, ()


def _key(plain: Any) -> Any:
    """dict[str, Any] → dict, tuple[int, ...] → (tuple, int), str → str."""
    origin = get_origin(plain)
    if origin in (None, dict):
        return origin or plain
    item = get_args(plain)[0]
    return origin, get_origin(item) or item


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _problems(parameter: Parameter, value: Any) -> list[str]:
    if not parameter.kind.fits(value):
        return [f"{parameter.name!r} must be {parameter.kind.words}"]
    choice = parameter.mark(OneOf)
    if choice and value not in choice.words:
        return [f"{parameter.name!r} must be one of {', '.join(choice.words)}"]
    return []
