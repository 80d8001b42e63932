"""The local list of a station, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from apps.accounts.models import Actor
from apps.journal.secrecy import shown
from apps.lists import plan
from apps.lists import selectors as lists
from apps.lists.models import ListPolicy, Push
from apps.lists.selectors import ListState
from apps.stations.models import Station

Chip = tuple[str, str, str, str]  # tone, icon, word, what it means
_SHOWN = 200
_NOT_SUPPORTED: Chip = (
    "offline", "circle-slash", "Not supported",
    "The station says that it has no local list; it is left alone until one is pushed.",
)  # fmt: skip
_PUSHING: Chip = ("plugged", "send", "On its way", "A list waits for the station or its answer.")
_REFUSED: Chip = ("faulted", "ban", "Refused", "The station did not take the last list.")
_UNKNOWN: Chip = (
    "offline", "circle-question-mark", "Not known",
    "Nobody knows what the station holds; a full list comes first.",
)  # fmt: skip
_CURRENT: Chip = ("ok", "check", "Up to date", "The station holds what it should.")
_STALE: Chip = ("paused", "clock", "Stale", "The station lacks something, or holds too much.")


@dataclass(frozen=True, slots=True)
class ListLine:
    uid: str
    kind: str
    status: str
    group: str
    chip: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ListSheet:
    station: Station
    state: ListState
    policy: ListPolicy
    chip: Chip
    lines: list[ListLine]
    hidden: int
    key: str

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({f"station:{self.key}", "tokens"})


def list_sheet(actor: Actor, station: Station) -> ListSheet:
    """What the station holds beside what it should; at most 200 lines, differences first."""
    state = lists.get_state(station, timezone.now())
    lines = list(_lines(state))
    return ListSheet(
        station=station,
        state=state,
        policy=lists.get_policy_of(actor),
        chip=_chip(state),
        lines=lines[:_SHOWN],
        hidden=max(len(lines) - _SHOWN, 0),
        key=str(station.pk),
    )


def _chip(state: ListState) -> Chip:
    row = state.row
    if state.is_busy:
        return _PUSHING
    if row.is_supported is False:
        return _NOT_SUPPORTED
    if row.push == Push.FAILED:
        return _REFUSED
    if row.held is None:
        return _UNKNOWN
    return _CURRENT if state.is_current else _STALE


def _lines(state: ListState) -> Iterable[ListLine]:
    missing = set(state.missing or ())
    for name in state.surplus or ():
        kind, _, uid = name.partition("|")
        yield ListLine(shown(uid, kind), kind, "", "", ("paused", "minus", "To be removed"))
    wanted = sorted(state.wanted, key=lambda name: (name not in missing, name))
    for name in wanted:
        entry = state.wanted[name]
        yield ListLine(
            shown(entry["uid"], entry["type"]), entry["type"], entry["status"],
            entry.get("group", ""), _held(state, name),
        )  # fmt: skip


def _held(state: ListState, name: str) -> tuple[str, str, str]:
    held = state.row.held
    if held is None:
        return "offline", "circle-question-mark", "Not known"
    if name not in held:
        return "paused", "clock", "Missing"
    is_same = held[name] == plan.digest(state.wanted[name])
    return ("ok", "check", "Held") if is_same else ("paused", "clock", "Changed since")
