"""Kept text, read again, by whoever shows it or judges by it. Never raises.

The journal keeps what came, and what came may be no JSON, or JSON so deep, large or odd that
a page, a database or a program would break on it. Such text is shown as it is, with a word of
why; nothing is concluded from it.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from apps.domain.texts import Unreadable, parse_json, problems

MAX_SHOWN = 20_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of a text, and what it says about it ("" where there is nothing to say)."""

    text: str
    note: str = ""
    is_whole: bool = True


def value_of(text: str) -> Any:
    """JSON as what it says, every other text as itself; None for none."""
    if not text:
        return None
    try:
        return parse_json(text)
    except Unreadable:
        return text


def members_of(text: str) -> dict[str, Any]:
    """The members of a JSON object; none where the text is anything else."""
    value = value_of(text)
    return value if isinstance(value, dict) else {}


def shown(kept: Any) -> Shown:
    """``kept``, text or a JSON value, indented where it is short, cut where it is long."""
    if not isinstance(kept, str):
        return _shown_value(kept)
    if len(kept) > MAX_SHOWN:
        return _cut(kept)
    try:
        return _cut(_indented(parse_json(kept)) if kept else "")
    except Unreadable as problem:
        return Shown(_printable(kept), f"Shown as it came. {problem}")


def _shown_value(value: Any) -> Shown:
    problem = next(problems(value), "")
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        return Shown("(cannot be shown)", problem, is_whole=False)
    if problem:
        return replace(_cut(_printable(text)), note=f"Shown on one line. {problem}")
    return _cut(text if len(text) > MAX_SHOWN else _indented(value))


def _indented(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _cut(text: str) -> Shown:
    if len(text) <= MAX_SHOWN:
        return Shown(text)
    note = f"These are the first {MAX_SHOWN:,} of {len(text):,} characters; the REST API has all."
    return Shown(_printable(text[:MAX_SHOWN]), note, is_whole=False)


def _printable(text: str) -> str:
    """What can be written to a page: without NUL and without halves of characters."""
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")
