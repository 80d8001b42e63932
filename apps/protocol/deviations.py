"""Which rule excuses which problem of a schema. Pure; a payload's values are never quoted."""

from typing import Any

from apps.domain.form import Excuse
from apps.domain.vocabulary import Protocol
from apps.protocol import validation
from apps.protocol.kinds import folded
from apps.protocol.validation import Problem

MAX_EXCUSES = 20
_MAX_DETAIL = 40
_BY_KEYWORD = {
    "maxLength": "overlong_text",
    "minLength": "empty_text",
    "format": "odd_time",
    "minItems": "empty_list",
}


def excuses(
    protocol: Protocol, action: str, payload: dict[str, Any], problems: list[Problem]
) -> tuple[Excuse, ...]:
    """What is odd about the payload, each rule once a place, at most 20."""
    known = validation.names(protocol, action)
    found: dict[tuple[str, str], Excuse] = {}
    for problem in problems:
        excuse = _excuse(payload, problem, known)
        if excuse is not None:
            found.setdefault((excuse.rule, excuse.path), excuse)
        if len(found) == MAX_EXCUSES:
            break
    return tuple(found.values())


def _excuse(payload: Any, problem: Problem, known: dict[str, str]) -> Excuse | None:
    keyword, place = problem.keyword, _without_indexes(problem.path)
    value = validation.value_at(payload, problem.path)
    if keyword == "required":
        wanted = problem.wanted
        is_there = isinstance(value, dict) and any(folded(k) == folded(wanted) for k in value)
        return None if is_there else Excuse("missing_member", f"{place}/{wanted}")
    if keyword == "additionalProperties":
        name, holder = problem.wanted, place.rpartition("/")[0]
        right = known.get(folded(name))
        if right is not None and right != name:
            return Excuse("wrong_case", f"{holder}/{right}")
        return Excuse("unknown_member", holder, name[:_MAX_DETAIL])
    return Excuse(_rule(keyword, value, problem.wanted), place)


def _rule(keyword: str, value: Any, wanted: Any) -> str:
    if value is None:
        return "null_member"
    if keyword == "type":
        return _rule_of_type(value, wanted)
    if keyword == "enum" and isinstance(value, str):
        if not value:
            return "empty_text"
        is_known = folded(value) in {folded(str(word)) for word in wanted}
        return "wrong_case" if is_known else "unknown_word"
    return "wrong_type" if keyword == "enum" else _BY_KEYWORD.get(keyword, "other_value")


def _rule_of_type(value: Any, wanted: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if "object" in wanted:
        return "list_for_object" if isinstance(value, list) else "bare_value"
    if "array" in wanted and isinstance(value, dict):
        return "object_for_list"
    if "string" in wanted and isinstance(value, int | float):
        return "text_as_number"
    if {"integer", "number"} & set(wanted) and isinstance(value, str):
        return "number_as_text" if value.strip() else "empty_text"
    return "decimal_for_whole" if "integer" in wanted and is_number else "wrong_type"


def _without_indexes(path: str) -> str:
    return "/".join(step for step in path.split("/") if not step.isdigit())
