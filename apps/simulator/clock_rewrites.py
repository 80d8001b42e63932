"""Rewrites of the instants inside an outgoing message: what wrong clocks tell. Pure but for the
memory.

What a station does and meters goes by its true clock; only what it tells is wrong.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.simulator.limits import parse_time
from apps.simulator.rewrites import Memory, Rewrite
from apps.simulator.wire import Message, rfc3339

Told = Callable[[datetime, datetime], datetime]  # (true instant, first true instant) → what is told
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FACTORY = datetime(2023, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_SET_AFTER = timedelta(seconds=90)
_JUMPS_EVERY = timedelta(seconds=75)
_GAIN = 0.02


def edit_times(edit: Callable[[str, Memory], str], *, breaks_schema: bool = False) -> Rewrite:
    """Applies to every ``timestamp``."""

    def walk(value: Any, memory: Memory) -> Any:
        if isinstance(value, list):
            return [walk(item, memory) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            key: edit(item, memory) if key == "timestamp" else walk(item, memory)
            for key, item in value.items()
        }

    def rewrite(message: Message, memory: Memory) -> list[Message]:
        payload = walk(message.payload, memory)
        broken = message.breaks_schema or breaks_schema
        return [replace(message, payload=payload, breaks_schema=broken)]

    return rewrite


def without_zone(text: str, _memory: Memory) -> str:
    return text.removesuffix("Z")


def by_clock(told: Told) -> Rewrite:
    """Of a clock that shows ``told`` in place of the true instant."""

    def edit(text: str, memory: Memory) -> str:
        at = parse_time(text)
        memory.first_at = memory.first_at or at
        return rfc3339(told(at, memory.first_at))

    return edit_times(edit)


def counting_from(begin: datetime) -> Told:
    return lambda at, first_at: begin + (at - first_at)


def off_by(shift: timedelta) -> Told:
    return lambda at, _first_at: at + shift


def set_late(at: datetime, first_at: datetime) -> datetime:
    return at if at - first_at >= _SET_AFTER else FACTORY + (at - first_at)


def jumping(at: datetime, first_at: datetime) -> datetime:
    return at - _HOUR if (at - first_at) // _JUMPS_EVERY % 2 else at


def stuck(_at: datetime, first_at: datetime) -> datetime:
    return first_at


def drifting(at: datetime, first_at: datetime) -> datetime:
    return at + (at - first_at) * _GAIN
