"""What a person may put right of sessions: which readings count, and what is one. Pure.

What is split is billed together what it was as one, and what is joined no less than each was:
no energy is lost or made by saying what is one.

A reason why not is a sentence for people; "" is none.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from apps.sessions.machine import Facts, since, until, with_end_of
from apps.sessions.marks import CLOCK, DECIDED, DISCARDED, JOINED_INTO
from apps.tokens.spelling import same

ADJACENT = timedelta(hours=1)  # between the end of one and the begin of the other
SPLIT_REASON = "Split"
_SAME_WH = 1.0


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


def why_not_over(first: Row, second: Row, others: Iterable[Row]) -> str:
    """Why ``second`` cannot count in ``first``: one of the ``others`` lies between them."""
    if first.ended_at is None:
        return ""
    for other in others:
        is_between = first.ended_at <= other.started_at < second.started_at
        if is_between and JOINED_INTO not in other.flags.split():
            return "Another session lies between them: join that one first."
    return ""


def why_not_one(one_wh: float, parts_wh: tuple[float, float]) -> str:
    """Why two, that took ``parts_wh``, are not the one that they would be billed as."""
    if one_wh >= max(parts_wh) - _SAME_WH:
        return ""
    return (
        f"As one they would be billed {_kwh(one_wh)}, and one of them alone took"
        f" {_kwh(max(parts_wh))}: their registers do not go on from each other."
    )


def why_not_two(whole_wh: float, parts_wh: tuple[float, float]) -> str:
    """Why one that took ``whole_wh`` is not the two that it would be billed as."""
    if abs(sum(parts_wh) - whole_wh) <= _SAME_WH:
        return ""
    return (
        f"As two they would be billed {_kwh(sum(parts_wh))}, and as one it took {_kwh(whole_wh)}:"
        " its readings do not fit together. Set those aside that are wrong, or split it at another."
    )


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


def _kwh(wh: float) -> str:
    return f"{wh / 1000:.3f} kWh"
