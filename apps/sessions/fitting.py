"""Whether what a message tells fits a session: card, connector, time, boots and register. Pure.

A message that names no transaction, or one that cannot be meant, belongs to a session only where
nothing that it tells speaks against it. A reason is a sentence for people; "" is none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.domain.events import SessionStarted
from apps.sessions import seqs
from apps.sessions.machine import Facts
from apps.sessions.pace import AT_ONCE_WH, ROUNDING_WH
from apps.sessions.register import OVERFLOW_WH

BATTERY_WH = 200_000.0  # more than a car takes between two readings
UNDECLARED_W = 400_000.0  # what a connector may deliver that nobody has described
_TELLING_WH = 500.0  # what a session must have taken before its own power says something
_OWN_FACTOR, _OWN_LEAST_W = 3.0, 50_000.0
_DECLARED_FACTOR = 1.1
_ROUNDED = timedelta(minutes=5)  # instants are rounded, and readings come late
_SAME = timedelta(seconds=1)
_RESTARTS = frozenset({"PowerLoss", "Reboot", "HardReset", "SoftReset"})


@dataclass(frozen=True, slots=True)
class Claim:
    """What a message tells of the session that it means; None where it does not tell it.

    ``is_trusted``: ``at`` is the station's own word. ``reason``: why it ends.
    """

    at: datetime
    evse_id: int | None = None
    token_uid: str | None = None
    register_wh: float | None = None
    is_trusted: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a session.

    ``power_w``: what its connector delivers at most, where that is declared; ``seen_w``: the most
    that was seen. ``is_same_holder``: whether the card told may end it. ``heard_at`` and
    ``booted_at`` are by our clock, ``is_timed``: its readings are by the station's own.
    """

    evse_id: int | None
    started_at: datetime
    ended_at: datetime | None = None
    register_wh: float | None = None
    register_at: datetime | None = None
    energy_wh: float = 0.0
    power_w: float | None = None
    seen_w: float | None = None
    is_same_holder: bool = True
    heard_at: datetime | None = None
    booted_at: datetime | None = None
    is_timed: bool = True

    @property
    def place(self) -> str:
        return "the session" if self.evse_id is None else f"the session on connector {self.evse_id}"


def misfit(claim: Claim, known: Known) -> str:
    """Why the claim cannot mean the session."""
    if known.ended_at is not None:
        return f"{_begin(known.place)} has ended"
    if claim.evse_id and known.evse_id and claim.evse_id != known.evse_id:
        return f"It is about connector {claim.evse_id}, not {known.place}"
    if claim.token_uid is not None and not known.is_same_holder:
        return f"Its card is another than that of {known.place}"
    return _wrong_time(claim, known) or _booted_since(claim, known) or wrong_register(claim, known)


def wrong_register(claim: Claim, known: Known) -> str:
    """Below the last reading beyond rounding, or more above it than can have flowed since."""
    told_wh, last_wh, last_at = _register(claim.register_wh), known.register_wh, known.register_at
    if told_wh is None or last_wh is None or last_at is None:
        return ""
    gain_wh = told_wh - last_wh
    if -ROUNDING_WH <= gain_wh <= most_wh(claim, known, last_at):
        return ""
    return f"Its register is {_kwh(abs(gain_wh))} away from {known.place}"


def most_wh(claim: Claim, known: Known, since: datetime) -> float:
    """What the connector can have delivered from ``since`` to the instant of the claim."""
    hours = max(0.0, (claim.at - since).total_seconds() / 3600)
    if known.power_w:
        possible_wh = known.power_w * _DECLARED_FACTOR * hours + AT_ONCE_WH
    else:
        possible_wh = min(_likely_w(known) * hours + AT_ONCE_WH, BATTERY_WH)
    is_timed = claim.is_trusted and known.is_timed
    return possible_wh if is_timed else max(possible_wh, BATTERY_WH)


def is_of_next(claim: Claim, ended: Known, following: Known) -> bool:
    """Whether a message that names a session which has ended means the one that came after it.

    It is later than the end, its register has gone on, and all of it fits the newer one.
    """
    if ended.ended_at is None or not claim.is_trusted or claim.at <= ended.ended_at:
        return False
    told_wh = _register(claim.register_wh)
    if told_wh is None or following.started_at < ended.started_at:
        return False
    has_gone_on = ended.register_wh is None or told_wh > ended.register_wh + ROUNDING_WH
    return has_gone_on and not misfit(claim, following)


def is_shown(claim: Claim, known: Known) -> bool:
    """Whether card and register both speak for a session that the claim does not name."""
    has_both = claim.token_uid is not None and _register(claim.register_wh) is not None
    return has_both and known.register_wh is not None and not misfit(claim, known)


def is_refuted(claim: Claim, named: Known) -> bool:
    """Whether card and register both speak against the session that is named."""
    has_other_card = claim.token_uid is not None and not named.is_same_holder
    return has_other_card and bool(wrong_register(claim, named))


def is_reused(facts: Facts, start: SessionStarted, *, has_booted: bool) -> bool:
    """Whether a start begins another session under the name of one that has begun (2.0.1).

    Some stations count their transactions anew after a boot. It is later than the start that is
    known, with a number that was seen already, and after the end, on another EVSE, or after a boot.
    """
    if not facts.has_start or not start.is_trusted or start.seq is None:
        return False
    if start.at - facts.started_at <= _SAME or not seqs.has(facts.seqs, start.seq):
        return False
    if facts.ended_at is not None and not facts.is_estimated:
        return start.at > facts.ended_at
    is_elsewhere = None not in (facts.evse_id, start.evse_id) and facts.evse_id != start.evse_id
    return start.at > facts.last_event_at and (is_elsewhere or has_booted or facts.is_estimated)


def is_of_another(claim: Claim, known: Known, *, is_begun_anew: bool = False) -> bool:
    """Whether what names a session is of another one of that name, at another EVSE (2.0.1).

    Its register cannot be of this one, be it a late message; or it begins a second time there.
    """
    if None in (claim.evse_id, known.evse_id) or claim.evse_id == known.evse_id:
        return False
    told_wh, last_wh, last_at = _register(claim.register_wh), known.register_wh, known.register_at
    if is_begun_anew or told_wh is None or last_wh is None or last_at is None:
        return is_begun_anew
    is_below = told_wh < last_wh - known.energy_wh - ROUNDING_WH
    return is_below or told_wh - last_wh > most_wh(claim, known, last_at)


def is_told_again(facts: Facts, start: SessionStarted) -> bool:
    """Whether its number was told of this session, with another instant (2.0.1)."""
    has_told = start.seq is not None and seqs.has(facts.seqs, start.seq)
    return facts.has_start and has_told and abs(start.at - facts.said[0]) > _SAME


def _register(told_wh: float | None) -> float | None:
    """A register of 0 was not read."""
    return told_wh if told_wh is not None and 0 < told_wh < OVERFLOW_WH else None


def _likely_w(known: Known) -> float:
    """A session that has taken something shows what its connector is."""
    if known.energy_wh < _TELLING_WH or not known.seen_w:
        return UNDECLARED_W
    return min(UNDECLARED_W, max(_OWN_LEAST_W, _OWN_FACTOR * known.seen_w))


def _wrong_time(claim: Claim, known: Known) -> str:
    if not claim.is_trusted or not known.is_timed:
        return ""
    if claim.at < known.started_at:
        return f"It is from before {known.place} began"
    if known.register_at is not None and claim.at < known.register_at - _ROUNDED:
        return f"{_begin(known.place)} went on after it"
    return ""


def _booted_since(claim: Claim, known: Known) -> str:
    """A session that was not heard of since the station booted has lost what it was."""
    heard_at, booted_at = known.heard_at, known.booted_at
    if heard_at is None or booted_at is None or booted_at <= heard_at or claim.at < booted_at:
        return ""
    is_told = claim.token_uid is not None or claim.reason in _RESTARTS
    return "" if is_told else f"The station has booted since {known.place} was heard of"


def _begin(words: str) -> str:
    return words[:1].upper() + words[1:]


def _kwh(wh: float) -> str:
    kwh = wh / 1000
    return f"{kwh:.0f} kWh" if kwh >= 10 else f"{kwh:.3g} kWh"
