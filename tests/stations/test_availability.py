"""One word for a connector, whatever the version and however the reports disagree."""

import pytest

from apps.domain.vocabulary import ConnectorStatus, SessionState
from apps.stations import availability

TABLE = [
    ("Available", "", "Available"),
    ("Preparing", "", "Plugged in"),
    ("Occupied", "", "Plugged in"),
    ("Occupied", "pending", "Plugged in"),
    ("Occupied", "charging", "Charging"),
    ("Occupied", "suspended_ev", "Paused by car"),
    ("Occupied", "suspended_evse", "Paused by station"),
    ("Occupied", "finishing", "Finishing"),
    ("Charging", "pending", "Charging"),
    ("SuspendedEV", "charging", "Charging"),
    ("SuspendedEVSE", "", "Paused by station"),
    ("Finishing", "suspended_ev", "Paused by car"),
    ("Available", "charging", "Charging"),
    ("Reserved", "", "Reserved"),
    ("Unavailable", "", "Out of service"),
    ("Faulted", "charging", "Faulted"),
    ("Unknown", "", "Unknown"),
    ("", "", "Unknown"),
]


@pytest.mark.parametrize(("status", "session_state", "word"), TABLE)
def test_the_session_says_how_it_goes_and_the_station_what_is_wrong(
    status: str, session_state: str, word: str
) -> None:
    assert availability.shown(status, session_state, is_connected=True).word == word


def test_offline_keeps_the_last_word_beside_it() -> None:
    shown = availability.shown("Occupied", "charging", is_connected=False)
    assert (shown.word, shown.last) == ("Offline", "Charging")


def test_what_was_never_seen_is_unknown_and_not_offline() -> None:
    shown = availability.shown("Unknown", "", is_connected=False, was_seen=False)
    assert shown is availability.UNKNOWN


def test_every_pair_of_reports_belongs_to_exactly_one_state() -> None:
    pairs = [
        (session_state, status)
        for key in availability.BY_KEY
        for session_state, statuses in availability.combinations(key).items()
        for status in statuses
    ]
    assert len(pairs) == len(set(pairs)) == (len(SessionState) + 1) * len(ConnectorStatus)
