"""Harmless repairs of what stations are known to send against the schema. Never a guess.

A repair either rewrites a member without loss or lets it pass as it is; whatever no rule
names stays a problem. Calls have two modes: the default table, and the lenient one of a single
station, which also drops unknown members and nulls and clips over-long texts (never a token: a
clipped token is another token). Answers to our calls have a table of their own: what is said
beside the verdict, or at greater length, does no harm.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import cache
from typing import Any, NamedTuple

import orjson

from apps.domain.vocabulary import Protocol
from apps.protocol import timestamps, validation
from apps.protocol.validation import Kind, Problem

MAX_ROUNDS = 4
MAX_KEPT_TEXT = 255
KEPT = "kept as sent"
_EVENT_NEEDS = frozenset({"eventType", "timestamp", "seqNo", "transactionInfo"})
_TOKENS = frozenset({"idTag", "parentIdTag", "idToken", "additionalIdToken"})


class Repaired(NamedTuple):
    """The payload to read, what was done to it, and the problems that still stand."""

    payload: dict[str, Any]
    notes: list[str]
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Spot:
    """The offending member: ``holder[key]``; ``limit`` is the length that it exceeds."""

    holder: Any
    key: Any
    limit: int | None
    assume_zone: tzinfo

    @property
    def value(self) -> Any:
        return self.holder[self.key]

    def put(self, value: Any) -> None:
        self.holder[self.key] = value


Repair = Callable[[Spot], str | None]


def keep(_spot: Spot) -> str | None:
    return KEPT


def shorten(spot: Spot) -> str | None:
    """Descriptive text: kept beyond the schema's length, up to what we store."""
    spot.put(spot.value[:MAX_KEPT_TEXT])
    return KEPT


def wrap(spot: Spot) -> str | None:
    if not isinstance(spot.value, dict):
        return None
    spot.put([spot.value])
    return "object put into an array"


def drop_null(spot: Spot) -> str | None:
    if spot.value is not None or not isinstance(spot.holder, dict):
        return None
    del spot.holder[spot.key]
    return "null read as absent"


def whole_number(spot: Spot) -> str | None:
    if not isinstance(spot.value, str) or not re.fullmatch(r"\s*-?\d{1,9}\s*", spot.value):
        return None
    spot.put(int(spot.value))
    return "text read as a number"


def instant(spot: Spot) -> str | None:
    """A timestamp that RFC 3339 does not know but that names one instant."""
    at = timestamps.parse(spot.value, assume_zone=spot.assume_zone)
    if at is None:
        return None
    spot.put(at.isoformat().replace("+00:00", "Z"))
    return "timestamp rewritten"


def other_error(spot: Spot) -> str | None:
    """An unknown errorCode is OtherError; the station's word goes where vendors put theirs."""
    if not isinstance(spot.value, str):
        return None
    spot.holder.setdefault("vendorErrorCode", spot.value[:50])
    spot.put("OtherError")
    return "unknown errorCode read as OtherError"


def without_trigger(spot: Spot) -> str | None:
    """A transaction event that says everything but why it was sent."""
    return None if _EVENT_NEEDS - spot.holder.keys() else KEPT


def drop_unknown(spot: Spot) -> str | None:
    del spot.holder[spot.key]
    return "unknown member dropped"


def clip(spot: Spot) -> str | None:
    if spot.limit is None or spot.key in _TOKENS:
        return None
    spot.put(spot.value[: spot.limit])
    return "over-long text clipped"


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


_V16, _V201 = Protocol.OCPP16, Protocol.OCPP201
_ARRAYS = "**/meterValue **/transactionData **/sampledValue"
_WORDS = "context format measurand phase location unit"
_SAMPLED_WORDS = " ".join(f"**/sampledValue/*/{word}" for word in _WORDS.split())

RULES: tuple[Rule, ...] = (
    *_rules(_V16, "BootNotification", "/*", "maxLength", shorten),
    *_rules(_V201, "BootNotification", "/chargingStation/**", "maxLength", shorten),
    *_rules(_V16, "StatusNotification", "/info /vendorErrorCode /vendorId", "maxLength", shorten),
    *_rules(_V16, "StatusNotification", "/errorCode", "enum", other_error),
    Rule(_V201, "TransactionEvent", "", "required", without_trigger),
    *_rules(_V16, "MeterValues", "/transactionId", "type", drop_null),
    *_rules(None, None, "**/sampledValue/*/value", "type", keep),
    *_rules(None, None, _SAMPLED_WORDS, "enum", keep),
    *_rules(None, None, _SAMPLED_WORDS, "type", drop_null),
    *_rules(_V201, None, "**/sampledValue/*/unitOfMeasure", "type", drop_null),
    *_rules(_V201, None, "**/unitOfMeasure/multiplier", "type", whole_number),
    *_rules(None, None, _ARRAYS, "type", wrap),
    *_rules(None, None, _ARRAYS, "minItems", keep),
    *_rules(None, None, "**", "format", instant),
)
LENIENT_RULES: tuple[Rule, ...] = (
    *RULES,
    *_rules(None, None, "**", "additionalProperties", drop_unknown),
    *_rules(None, None, "**", "maxLength", clip),
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
    *,
    is_lenient: bool = False,
    assume_zone: tzinfo = UTC,
) -> Repaired:
    """Repair a copy of a station's call; with no ``problems`` it is handed back."""
    rules = LENIENT_RULES if is_lenient else RULES
    return _repair(protocol, action, "request", payload, problems, rules, assume_zone)


def repair_answer(
    protocol: Protocol, action: str, payload: dict[str, Any], problems: list[Problem]
) -> Repaired:
    """The same of its answer to a call of ours."""
    return _repair(protocol, action, "response", payload, problems, ANSWER_RULES, UTC)


def _repair(
    protocol: Protocol,
    action: str,
    kind: Kind,
    payload: dict[str, Any],
    problems: list[Problem],
    rules: Iterable[Rule],
    assume_zone: tzinfo,
) -> Repaired:
    if not problems or len(problems) >= validation.MAX_PROBLEMS:
        return Repaired(payload, [], problems)
    mended: dict[str, Any] = orjson.loads(orjson.dumps(payload))
    notes: dict[str, None] = {}
    standing = problems
    for _ in range(MAX_ROUNDS):
        found = standing
        standing, is_rewritten = [], False
        for problem in found:
            fitting = (rule for rule in rules if rule.fits(protocol, action, problem))
            note = _mend(mended, problem, fitting, assume_zone)
            if note is None:
                standing.append(problem)
            else:
                notes[f"{problem.path}: {note}"] = None
                is_rewritten |= note != KEPT
        if not is_rewritten:
            break
        standing = validation.problems(protocol, action, kind, mended)
    return Repaired(mended, list(notes), standing)


def _mend(
    payload: dict[str, Any], problem: Problem, rules: Iterable[Rule], zone: tzinfo
) -> str | None:
    """Apply the first rule that can; its note, or None where no rule could."""
    for rule in rules:
        spot = _spot(payload, problem, zone)
        if spot is None:
            return "mended with another"
        note = rule.repair(spot)
        if note is not None:
            return note
    return None


def _spot(payload: Any, problem: Problem, zone: tzinfo) -> Spot | None:
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
    return Spot(holder, key, problem.limit, zone)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """``*`` is one step of a path, ``**`` any number of them."""
    words = re.escape(path).replace(r"\*\*", ".*").replace(r"\*", "[^/]+")
    return re.compile(words, re.DOTALL)
