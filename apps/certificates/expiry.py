"""When people are told that a certificate ends: 90, 30 and 7 days before. Pure."""

from datetime import datetime, timedelta

WARN_D = (90, 30, 7)


def due(not_after: datetime, warned_d: int | None, now: datetime) -> int | None:
    """The warning that is due and was not given yet, in days; None where none is.

    One that comes late takes the place of those before it; after the end there is none.
    """
    left = not_after - now
    if left <= timedelta(0):
        return None
    reached = [days for days in WARN_D if left <= timedelta(days=days)]
    wanted = min(reached, default=None)
    is_news = wanted is not None and (warned_d is None or wanted < warned_d)
    return wanted if is_news else None
