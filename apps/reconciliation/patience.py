"""How long each watchdog waits before it speaks, in seconds. Pure: settings read it.

``OCPP_WATCH_<NAME>_S`` sets another time for one of them.
"""

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0

DEFAULTS_S: dict[str, float] = {
    "offline": 15 * MINUTE_S,  # a station without a connection
    "silent_boot": 15 * MINUTE_S,  # connected, and not a word since it booted
    "reboots": HOUR_S,  # in which so many boots are a loop
    "offline_session": DAY_S,  # a session that runs at a station that is offline
    "offline_end": 3 * DAY_S,  # until such a session is ended from its last sign of life
    "silent_session": HOUR_S,  # asked for, and still neither heard of nor closed
    "no_flow": HOUR_S,  # charging, and no energy flows: more than a step of a coarse register
    "plugged": 15 * MINUTE_S,  # plugged in, and no session begins
    "authorised": 5 * MINUTE_S,  # a card accepted, and no session begins
    "finishing": 4 * HOUR_S,  # the session over, and the connector never free
    "unknown_energy": 10 * MINUTE_S,  # a connector charges, and no session runs on it
    "faulted": MINUTE_S,  # a fault that does not pass by itself
    "late_messages": DAY_S,  # for which missing messages are awaited
    "true_end": 3 * DAY_S,  # for which the true end of a session is awaited
}
