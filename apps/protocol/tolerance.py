"""Harmless repairs of what stations are known to send against the schema. Never a guess.

For the messages that no form names (``forms``), and for answers to our calls. A repair either
rewrites a member without loss or lets it pass as it is; whatever no rule names stays a problem.
Answers have a table of their own: what is said beside the verdict, or at greater length, does
no harm.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import orjson

from apps.domain.vocabulary import Protocol
from apps.protocol import timestamps, validation
from apps.protocol.validation import Kind, Problem

MAX_ROUNDS = 4
KEPT, REWRITTEN = "kept", "rewritten"


class Repaired(NamedTuple):
    """The payload to read, and the problems that still stand."""

    payload: dict[str, Any]
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Spot:
    """The offending member: ``holder[key]``."""

    holder: Any
    key: Any

    @property
    def value(self) -> Any:
        return self.holder[self.key]

    def put(self, value: Any) -> None:
        self.holder[self.key] = value


Repair = Callable[[Spot], str | None]


def keep(_spot: Spot) -> str | None:
    return KEPT


def drop_null(spot: Spot) -> str | None:
    if spot.value is not None or not isinstance(spot.holder, dict):
        return None
    del spot.holder[spot.key]
    return REWRITTEN


def instant(spot: Spot) -> str | None:
    """A timestamp that RFC 3339 does not know but that names one instant."""
    at = timestamps.parse(spot.value)
    if at is None:
        return None
    spot.put(at.isoformat().replace("+00:00", "Z"))
    return REWRITTEN


def drop_unknown(spot: Spot) -> str | None:
    del spot.holder[spot.key]
    return REWRITTEN


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a repair applies: None is any protocol or action, ``*`` in a path any index."""

    protocol: Protocol | None
    action: str | None
    path: str
    keyword: str
    repair: Repair

    def fits(self, protocol: Protocol, action: str, problem: Problem) -> bool:
        return (
            self.keyword == problem.keyword
            and self.protocol in (None, protocol)
            and self.action in (None, action)
            and _pattern(self.path).fullmatch(problem.path) is not None
        )


def _rules(
    protocol: Protocol | None, action: str | None, paths: str, keyword: str, repair: Repair
) -> Iterator[Rule]:
    """One rule for each of the blank-separated ``paths``."""
    for path in paths.split():
        yield Rule(protocol, action, path, keyword, repair)


_V16 = Protocol.OCPP16

RULES: tuple[Rule, ...] = (
    *_rules(None, None, "**", "format", instant),
    *_rules(None, None, "**", "additionalProperties", drop_unknown),
    *_rules(None, None, "**", "type", drop_null),
)
ANSWER_RULES: tuple[Rule, ...] = (
    *_rules(None, None, "**", "additionalProperties", keep),
    *_rules(None, None, "**", "maxLength", keep),
    *_rules(None, None, "**", "minItems", keep),
    *_rules(None, None, "**", "type", drop_null),
    *_rules(None, None, "**", "format", instant),
    *_rules(_V16, "GetConfiguration", "/configurationKey/*/*", "type", keep),
    *_rules(_V16, "GetConfiguration", "/configurationKey/*", "required", keep),
    *_rules(_V16, "DataTransfer", "/data", "type", keep),
)


def repair(
    protocol: Protocol,
    action: str,
    payload: dict[str, Any],
    problems: list[Problem],
) -> Repaired:
    """Repair a copy of a station's call; with no ``problems`` it is handed back."""
    return _repair(protocol, action, "request", payload, problems, RULES)


def repair_answer(
    protocol: Protocol, action: str, payload: dict[str, Any], problems: list[Problem]
) -> Repaired:
    """The same of its answer to a call of ours."""
    return _repair(protocol, action, "response", payload, problems, ANSWER_RULES)


def _repair(
    protocol: Protocol,
    action: str,
    kind: Kind,
    payload: dict[str, Any],
    problems: list[Problem],
    rules: Iterable[Rule],
) -> Repaired:
    if not problems or len(problems) >= validation.MAX_PROBLEMS:
        return Repaired(payload, problems)
    mended: dict[str, Any] = orjson.loads(orjson.dumps(payload))
    standing = problems
    for _ in range(MAX_ROUNDS):
        found = standing
        standing, is_rewritten = [], False
        for problem in found:
            fitting = (rule for rule in rules if rule.fits(protocol, action, problem))
            note = _mend(mended, problem, fitting)
            if note is None:
                standing.append(problem)
            else:
                is_rewritten |= note != KEPT
        if not is_rewritten:
            break
        standing = validation.problems(protocol, action, kind, mended)
    return Repaired(mended, standing)


def _mend(payload: dict[str, Any], problem: Problem, rules: Iterable[Rule]) -> str | None:
    """Apply the first rule that can; what it did, or None where no rule could."""
    for rule in rules:
        spot = _spot(payload, problem)
        if spot is None:
            return REWRITTEN
        note = rule.repair(spot)
        if note is not None:
            return note
    return None


def _spot(payload: Any, problem: Problem) -> Spot | None:
    """The member that the problem points at, unless a repair has already taken it away."""
    holder: Any = payload
    key: int | str = ""
    value = payload
    for step in problem.path.split("/")[1:]:
        holder = value
        try:
            key = int(step) if isinstance(holder, list) else validation.unescape(step)
            value = holder[key]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return Spot(holder, key)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """``*`` is one step of a path, ``**`` any number of them."""
    words = re.escape(path).replace(r"\*\*", ".*").replace(r"\*", "[^/]+")
    return re.compile(words, re.DOTALL)
