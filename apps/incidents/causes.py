"""What brings cases together: one cause at one site is one incident. Pure: a table."""

from dataclasses import dataclass

from apps.reconciliation import kinds
from apps.reconciliation.kind import Severity

SEVERITIES = tuple(Severity)  # most first
MANY = 3  # stations of a site, all of them: not the stations are at fault


@dataclass(frozen=True, slots=True)
class Cause:
    """``title``: of one; ``many``: of several, with {n}. ``whole``: where it is a whole site's.

    ``action``: the one thing to do next, ``whole_action`` for a whole site. ``runbook``: of
    docs/runbooks, its steps.
    """

    name: str
    kinds: tuple[str, ...]
    title: str
    many: str
    action: str
    runbook: str
    whole: str = ""
    whole_action: str = ""


CAUSES = (
    Cause(
        "offline", (kinds.OFFLINE, kinds.STUCK_OFFLINE),
        "A station is offline", "{n} stations are offline",
        "See its last messages; then its power and its network.",
        "station-offline",
        "All {n} stations of the site are offline",
        "Power or network of the site: call whoever is there before you look at a charger.",
    ),
    Cause(
        "faulted", (kinds.FAULTED,), "A connector is faulted", "{n} connectors are faulted",
        "See what the fault means; reset it once, or send somebody.",
        "faulted-connector",
    ),
    Cause(
        "two_boxes", (kinds.TWO_BOXES,),
        "Two boxes under one identity", "Two boxes under one identity, {n} times",
        "Read both serial numbers, and give the box that does not belong there its own identity.",
        "two-boxes",
    ),
    Cause(
        "identity", (kinds.WHOSE, kinds.TWO_EVSES, kinds.OVERLAP),
        "It is not sure whose session it is", "It is not sure whose session it is, {n} times",
        "Compare the sessions there: accept, join or split them, or decide what each took.",
        "whose-session",
    ),
    Cause(
        "bill", (kinds.DIFFERS, kinds.LATE_STOP), "A bill is wrong", "{n} bills are wrong",
        "Correct it, and report it to whoever runs this platform.",
        "wrong-bill",
    ),
    Cause(
        "unheard", (kinds.REFUSALS, kinds.REFUSED, kinds.PARKED),
        "A message about money came to nothing", "{n} messages about money came to nothing",
        "See which message it is, and whose; set the reading to tolerant if it is strict.",
        "refused-messages",
    ),
    Cause(
        "restless", (kinds.REBOOTS, kinds.SILENT_BOOT, kinds.SILENT),
        "A station does not work as it should", "{n} stations do not work as they should",
        "Ask for its log before anything resets it; look at its firmware.",
        "restless-station",
    ),
    Cause(
        "unpaid", (kinds.UNKNOWN_ENERGY, kinds.UNAUTHORISED, kinds.BETWEEN),
        "Energy that nobody pays", "Energy that nobody pays, {n} times",
        "Find out why it was given: the local list, or what the station does when it is offline.",
        "unpaid-energy",
    ),
    Cause(
        "not_starting", (kinds.PLUGGED, kinds.AUTHORISED, kinds.FINISHING),
        "A driver cannot charge", "Drivers cannot charge, {n} times",
        "Start from here, or ask the station for its status; reset it if the cable is out.",
        "cannot-charge",
    ),
    Cause(
        "no_energy", (kinds.NO_FLOW,),
        "A car gets no energy", "Cars get no energy, {n} times",
        "Ask for its meter values; if they stand still, look at contactor, cable and car.",
        "no-energy",
    ),
    Cause(
        "meter",
        (
            kinds.DOUBTED, kinds.TWO_STOPS, kinds.NO_REGISTER, kinds.TOO_MUCH, kinds.TOO_LITTLE,
            kinds.TWICE,
        ),
        "What a meter told is in doubt", "What a meter told is in doubt, {n} times",
        "Accept or decide the energy; see whether one station has it again and again.",
        "doubtful-meter",
    ),
    Cause(
        "incomplete", (kinds.LOST_STOP, kinds.LOST_START, kinds.GAPS, kinds.PHANTOM),
        "A session is not complete", "{n} sessions are not complete",
        "Accept it as it is, or decide its energy.",
        "incomplete-session",
    ),
    Cause(
        "clock", (kinds.WRONG_CLOCK_STATION, kinds.WRONG_CLOCK),
        "A clock is wrong", "{n} clocks are wrong",
        "Set the clock, or the time server, of the station.",
        "wrong-clock",
    ),
)  # fmt: skip

BY_NAME = {cause.name: cause for cause in CAUSES}
BY_KIND = {kind: cause for cause in CAUSES for kind in cause.kinds}


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a site it is: cases, stations of them, and the stations that the site has."""

    cases: int
    stations: int
    of: int

    @property
    def is_whole(self) -> bool:
        return MANY <= self.stations == self.of


def title_of(cause: Cause, extent: Extent) -> str:
    """The line of an incident."""
    if cause.whole and extent.is_whole:
        return cause.whole.format(n=extent.stations)
    count = extent.stations if cause.name in _COUNTS_STATIONS else extent.cases
    return cause.title if count == 1 else cause.many.format(n=count)


def action_of(cause: Cause, extent: Extent) -> str:
    """The one next action."""
    return cause.whole_action if cause.whole and extent.is_whole else cause.action


def severity_of(cause: Cause, found: set[str], extent: Extent) -> Severity:
    """The worst of the kinds ``found``; a whole site is critical."""
    if cause.whole and extent.is_whole:
        return Severity.CRITICAL
    return min((kinds.kind_of(kind).severity for kind in found), key=SEVERITIES.index)


def runbook_of(cause: Cause, found: set[str]) -> str:
    """That of the only kind of ``found``, where it has one of its own; else that of the cause."""
    own = {kinds.kind_of(kind).runbook for kind in found}
    return (own.pop() if len(own) == 1 else "") or cause.runbook


_COUNTS_STATIONS = frozenset({"offline", "restless", "clock"})
