"""What a person may put right of sessions: which readings count, and what is one. Pure.

A reason why not is a sentence for people; "" is none.
"""

from datetime import datetime, timedelta
from typing import Protocol

from apps.sessions.machine import Facts, since, until, with_end_of
from apps.sessions.marks import CLOCK, DECIDED, DISCARDED, JOINED_INTO
from apps.tokens.spelling import same

ADJACENT = timedelta(hours=1)  # between the end of one and the begin of the other
SPLIT_REASON = "Split"


class Row(Protocol):
    """A session, as far as it is asked for."""

    station_id: int
    evse_id: int | None
    token_uid: str
    started_at: datetime
    ended_at: datetime | None
    is_estimated: bool
    is_thinned: bool | None
    flags: str


def why_not_readings(row: Row) -> str:
    """Why none of its readings can be set aside, or taken back."""
    if row.ended_at is None:
        return "It still runs; wait for its end."
    if row.is_thinned:
        return "Some of its readings went with age, so that it cannot be billed anew."
    if JOINED_INTO in row.flags.split():
        return "It was joined into another session, which is billed with its readings."
    return ""


def why_not_cut(row: Row) -> str:
    """Why it can be neither joined nor split."""
    marks = row.flags.split()
    if why := why_not_readings(row):
        return why
    if CLOCK in marks:
        return "Its station's clock was wrong, so that its times say nothing of what is one."
    if DECIDED in marks or DISCARDED in marks:
        return "A person decided what it is billed with; go back to the meter first."
    return ""


def why_not_join(first: Row, second: Row) -> str:
    """Why ``second`` cannot count in ``first``."""
    if why := why_not_cut(first) or why_not_cut(second):
        return why
    if (first.station_id, first.evse_id) != (second.station_id, second.evse_id):
        return "They were not at the same EVSE."
    if not same(first.token_uid, second.token_uid):
        return "They have not the same card."
    if first.ended_at is None or second.started_at < first.started_at:
        return "The later one is joined to the earlier one."
    if second.started_at - first.ended_at > ADJACENT:
        return "More than an hour lies between them."
    if second.is_estimated:
        return (
            "The end of the later one is an estimate; wait for its true end, or decide the energy."
        )
    return ""


def why_not_split(row: Row, at: datetime) -> str:
    """Why it cannot be two, of which the second begins ``at``."""
    if why := why_not_cut(row):
        return why
    if row.is_estimated:
        return "Its end is an estimate; wait for its true end, or decide the energy."
    if row.ended_at is None or not row.started_at < at < row.ended_at:
        return "It can only be split at a reading between its begin and its end."
    return ""


def joined(first: Facts, second: Facts) -> Facts:
    """One session: it begins with ``first`` and ends with whichever ended later."""
    ends = first.ended_at, second.ended_at
    is_within = None not in ends and ends[0] > ends[1]  # type: ignore[operator]
    return first if is_within else with_end_of(first, second)


def halves(whole: Facts, at: datetime) -> tuple[Facts, Facts]:
    """What is known of each of two that ``whole`` was, the second from ``at`` on."""
    return until(whole, at, SPLIT_REASON), since(whole, at)
