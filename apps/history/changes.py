"""What a change changed, field by field. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

CHANGES = "changes"  # under which a fact keeps them in its details
Changes = dict[str, list[Any]]  # {field: [before, after]}


def changes_of(before: object, after: object, names: Iterable[str]) -> Changes:
    """Of the named attributes those that differ, as JSON can hold them."""
    return differing(
        {name: getattr(before, name) for name in names},
        {name: getattr(after, name) for name in names},
    )


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """As ``changes_of``; what one of them does not have was not there."""
    pairs = {
        name: [plain(before.get(name)), plain(after.get(name))]
        for name in sorted({*before, *after})
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def plain(value: Any) -> Any:
    """A value as JSON can hold it; rows of tables by their names."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return str(value)
