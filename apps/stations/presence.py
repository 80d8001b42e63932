"""Is a station there? Pure: by its last frame of any kind, never by heartbeats alone."""

from datetime import datetime, timedelta

SLACK = timedelta(seconds=10)


def is_late(last_seen_at: datetime | None, heartbeat_interval_s: int, now: datetime) -> bool:
    """Nothing for two heartbeat intervals: worth a look, not yet offline."""
    if last_seen_at is None:
        return False
    return now - last_seen_at > timedelta(seconds=2 * heartbeat_interval_s) + SLACK
