"""Reports that come in parts under one requestId, put together. Pure.

The parts of NotifyDisplayMessages carry no number, so none waits for another: each message
counts as soon as it comes. What was asked for and has not come by the last part is gone; a
part that is late all the same brings its messages back. So any order gives the same in the end.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from apps.domain.display import GetDisplayMessages


@dataclass(frozen=True, slots=True)
class Assumed:
    """A message that the station is thought to show, and the report that last named it."""

    key: int
    number: int
    priority: str
    state: str
    report_id: int | None


def unseen(
    asked: GetDisplayMessages, assumed: Iterable[Assumed], report_id: int | None
) -> list[int]:
    """Keys of what ``asked`` covers and the report ``report_id`` did not name."""
    return [
        one.key
        for one in assumed
        if _is_covered(asked, one) and (report_id is None or one.report_id != report_id)
    ]


def _is_covered(asked: GetDisplayMessages, one: Assumed) -> bool:
    """Criteria are joined by "and"; without any, all is asked for (O03, O04)."""
    return (
        (not asked.ids or one.number in asked.ids)
        and asked.priority in ("", one.priority)
        and asked.state in ("", one.state)
    )
