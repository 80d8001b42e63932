"""What people decided about the bill of a session, in words. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.history.kinds import (
    READING_SET_ASIDE,
    READING_TAKEN_BACK,
    SESSION_DISCARDED,
    SESSION_JOINED,
    SESSION_SPLIT,
)
from apps.telling.quantities import kwh


def decision(kind: str, told: Mapping[str, Any]) -> str:
    """What somebody did, as it follows his name. ``told``: the details of the fact."""
    if kind == SESSION_DISCARDED.name:
        return "discarded it: it is billed nothing"
    if kind == SESSION_JOINED.name:
        return _joined(told)
    if kind == SESSION_SPLIT.name:
        return _split(told)
    if kind in (READING_SET_ASIDE.name, READING_TAKEN_BACK.name):
        return _reading(kind, told)
    if told["by_meter"]:
        return f"left it to the meter: {kwh(told['to_wh'])}"
    return f"decided that it took {kwh(told['to_wh'])}"


def _joined(told: Mapping[str, Any]) -> str:
    if "into" in told:
        return f"joined it into session {told['into']}, where its energy and time count"
    return f"joined session {told['other']} to it, whose energy and time count here"


def _split(told: Mapping[str, Any]) -> str:
    if "of" in told:
        return f"split it from session {told['of']}"
    return f"split it: what came after its end here counts in session {told['other']}"


def _reading(kind: str, told: Mapping[str, Any]) -> str:
    at = datetime.fromisoformat(told["at"])
    which = f"the reading of {at:%Y-%m-%d %H:%M:%S} UTC"
    if kind == READING_TAKEN_BACK.name:
        return f"took {which} back: it counts again"
    register = told.get("register_wh")
    showed = "" if register is None else f", which showed {kwh(register)},"
    return f"set {which}{showed} aside: it does not count"
