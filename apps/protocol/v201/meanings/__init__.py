"""What a raw OCPP 2.0.1 call says in our words: the inverse of the writers.

A reader gets a payload that its schema accepts. BadParameters, or None, where our words cannot
say it; the call is sent all the same, only nothing is concluded from it.
"""

from typing import Any

from apps.domain.command import Command
from apps.protocol.v201.meanings import charging, station, upkeep


def meaning(action: str, payload: dict[str, Any]) -> Command | None:
    """The command that the call says; None where there are no words for it."""
    reader = _READERS.get(action)
    return reader(payload) if reader else None


_READERS = {**charging.READERS, **station.READERS, **upkeep.READERS}
