"""What a person may do about a case, and what follows from it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.reconciliation import services
from apps.reconciliation.kind import Resolution, Subject
from apps.reconciliation.kinds import kind_of
from apps.reconciliation.models import Case
from apps.reconciliation.services import Decision
from apps.sessions.amendable import offered_to
from apps.sessions.amending import CannotAmend, Change, Point, What, amend
from apps.sessions.checking import correct_bill
from apps.sessions.deciding import Undecidable, decide_energy, discard
from apps.sessions.models import Session
from apps.sessions.services import ask_for, ask_for_status, close_silent

WAIT = timedelta(days=1)
CLOSED_BY_PERSON = "Other"
_ASKED = "Asked for about a case"

LABELS = {
    Resolution.ACCEPT: "Leave it as it is",
    Resolution.ASK: "Ask the station",
    Resolution.CLOSE: "End it from its last sign of life",
    Resolution.CORRECT: "Bill what the readings give",
    Resolution.DISCARD: "Discard it: bill nothing",
    Resolution.DISMISS: "Dismiss: nothing to do",
    Resolution.ENERGY: "Decide its energy",
    Resolution.JOIN: "Join it with another session",
    Resolution.METER: "Bill what its meter says",
    Resolution.SET_ASIDE: "Set a reading aside",
    Resolution.SPLIT: "Split it in two at a reading",
    Resolution.WAIT: "Wait for a day",
}
AMENDS = {
    Resolution.JOIN: What.JOIN,
    Resolution.SET_ASIDE: What.SET_ASIDE,
    Resolution.SPLIT: What.SPLIT,
}
PERMISSIONS = {
    Resolution.CORRECT: Permission.EDIT_TARIFFS,
    Resolution.DISCARD: Permission.EDIT_TARIFFS,
    Resolution.ENERGY: Permission.EDIT_TARIFFS,
    Resolution.METER: Permission.EDIT_TARIFFS,
    **dict.fromkeys(AMENDS, Permission.EDIT_TARIFFS),
}
CHANGES_BILL = frozenset({
    Resolution.CORRECT, Resolution.DISCARD, Resolution.ENERGY, Resolution.METER, *AMENDS,
})  # fmt: skip
AFTERWARDS_OPEN = frozenset({Resolution.ASK, Resolution.WAIT})


class CannotResolve(Exception):
    """Why this cannot be done about the case, in words for people."""


@dataclass(frozen=True, slots=True)
class Wish:
    """``energy_wh``: where energy is decided; ``point``, ``other``: see ``amending.Change``."""

    resolution: Resolution
    reason: str = ""
    energy_wh: float | None = None
    point: Point | None = None
    other: Session | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does what about which case, and when."""

    case: Case
    wish: Wish
    actor: Actor
    now: datetime

    @property
    def session(self) -> Session:
        if self.case.session is None:
            raise CannotResolve("The session of this case is gone.")
        return self.case.session


def may_resolve(actor: Actor, resolution: Resolution) -> bool:
    """Money is decided by whom finance trusts, the rest by who operates."""
    return actor.may(PERMISSIONS.get(resolution, Permission.OPERATE))


def ways(case: Case, actor: Actor) -> list[Resolution]:
    """What the actor may do about it now, and what makes sense of it; the proposal first."""
    return ways_of([case], actor)[case.pk]


def ways_of(cases: Collection[Case], actor: Actor) -> dict[int, list[Resolution]]:
    """The same of many by their numbers, in as few questions as of one."""
    may = {case.pk: _may(case, actor) for case in cases}
    about = {case.session.pk: case.session for case in cases
             if case.session and not AMENDS.keys().isdisjoint(may[case.pk])}  # fmt: skip
    sensible = offered_to(actor, about.values()) if about else {}
    return {
        case.pk: [way for way in may[case.pk]
                  if way not in AMENDS or AMENDS[way] in sensible.get(case.session_id or 0, ())]
        for case in cases
    }  # fmt: skip


def _may(case: Case, actor: Actor) -> list[Resolution]:
    if case.closed_at is not None:
        return []
    return [way for way in kind_of(case.kind).resolutions if may_resolve(actor, way)]


@transaction.atomic
def resolve(case: Case, wish: Wish, *, actor: Actor, now: datetime) -> None:
    """Do it, and write down who decided and why. Raises CannotResolve."""
    if wish.resolution not in kind_of(case.kind).resolutions:
        raise CannotResolve(f"A case of this kind cannot be resolved by {wish.resolution.value!r}.")
    try:
        is_ours = _do(Deed(case, wish, actor, now))
    except (Undecidable, CannotAmend) as refused:
        raise CannotResolve(str(refused)) from refused
    if not is_ours:
        raise CannotResolve("It is closed already.")


def _do(deed: Deed) -> bool:
    """False where somebody was first."""
    case, wish = deed.case, deed.wish
    decision = Decision(wish.resolution, deed.actor, wish.reason)
    if wish.resolution in AFTERWARDS_OPEN:
        _EFFECTS[wish.resolution](deed)
        return services.put_off(case, deed.now + WAIT, decision)
    is_ours = services.decide(case, decision, now=deed.now)
    if is_ours:
        _EFFECTS[wish.resolution](deed)
        _judge_again(deed)
    return is_ours


def _judge_again(deed: Deed) -> None:
    """What else was open about the same bill says at once what is left of it."""
    touched = (deed.case.session, deed.wish.other)
    if deed.wish.resolution in CHANGES_BILL:
        services.judge_some([one.pk for one in touched if one], now=deed.now)


def _nothing(deed: Deed) -> None:
    """It stays as it is."""


def _ask(deed: Deed) -> None:
    case, reason = deed.case, deed.wish.reason or _ASKED
    if kind_of(case.kind).about is Subject.SESSION:
        ask_for(deed.session, reason=reason, actor=deed.actor.label, now=deed.now)
        return
    ask_for_status(case.station, case.evse_id, reason=reason, actor=deed.actor.label, now=deed.now)


def _close(deed: Deed) -> None:
    session = deed.session
    seen = session.last_received_at
    if not close_silent(session.pk, seen=seen, now=deed.now, reason=CLOSED_BY_PERSON):
        raise CannotResolve("It has been heard of meanwhile, or has ended; look again.")


def _energy(deed: Deed) -> None:
    energy_wh, reason = deed.wish.energy_wh, deed.wish.reason
    if energy_wh is None:
        raise CannotResolve("Say how much energy it took.")
    decide_energy(deed.session, energy_wh, reason=reason, actor=deed.actor, now=deed.now)


def _meter(deed: Deed) -> None:
    decide_energy(deed.session, None, reason=deed.wish.reason, actor=deed.actor, now=deed.now)


def _discard(deed: Deed) -> None:
    discard(deed.session, reason=deed.wish.reason, actor=deed.actor, now=deed.now)


def _correct(deed: Deed) -> None:
    correct_bill(deed.session.pk, reason=deed.wish.reason, actor=deed.actor, now=deed.now)


def _amend(deed: Deed) -> None:
    wish = deed.wish
    change = Change(AMENDS[wish.resolution], wish.point, wish.other)
    amend(deed.session, change, reason=wish.reason, actor=deed.actor, now=deed.now)


_EFFECTS: dict[Resolution, Callable[[Deed], None]] = {
    Resolution.ACCEPT: _nothing,
    Resolution.ASK: _ask,
    Resolution.CLOSE: _close,
    Resolution.CORRECT: _correct,
    Resolution.DISCARD: _discard,
    Resolution.DISMISS: _nothing,
    Resolution.ENERGY: _energy,
    Resolution.METER: _meter,
    Resolution.WAIT: _nothing,
    **dict.fromkeys(AMENDS, _amend),
}
