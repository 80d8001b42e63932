"""How the energy flowed: not at all, slowly, with pauses, under limits, until the car was full.

Pure.
"""

from datetime import datetime, timedelta

from apps.domain.vocabulary import SessionState
from apps.sessions.thinning import FLOWING_W
from apps.telling.case import Case, Finding
from apps.telling.evidence import Reading
from apps.telling.limits import Limit, Step
from apps.telling.quantities import amount, kwh, span
from apps.telling.refs import Ref
from apps.telling.stopping import By

PATIENCE, SHORT = timedelta(minutes=5), timedelta(minutes=2)
IDLE = timedelta(minutes=30)
LONG = timedelta(hours=48)
FULL_PCT = 97.0
_NOTHING_WH = 1.0
_FEW, _MANY_S = 3, 600.0
_NEAR, _ABOVE = 0.85, 1.05


def nothing_taken(case: Case) -> Finding | None:
    """The meter itself says so; who ended it is said beside it."""
    session = case.session
    is_none = session.energy_wh < _NOTHING_WH and not case.flowing
    readings = case.evidence.readings
    registers = sum(r.register_wh is not None for r in readings)  # one alone shows no gain
    known = registers > 1 or any(r.power_w is not None for r in readings)
    if not (case.is_over and is_none and known and case.is_meter_believed):
        return None
    if session.is_estimated or _is_cable(case) or "joined_into" in case.flags:
        return None
    who = case.stop.text if case.stop else ""
    text = f"No energy was taken in {span(case.duration)}. {who}."
    refs = (*case.evidence.edges, *_edges(case))
    return Finding("no_energy", "paused", text, _why_nothing(case), refs)


def _why_nothing(case: Case) -> str:
    """What to look at, by what is known of its end; a car only where it had the time to begin."""
    if "unauthorised" in case.flags or case.session.stop_reason == "DeAuthorized":
        return "It was not authorised, so that nothing was to flow."
    if case.session.has_start and not case.session.token_uid:
        return "No card was told for it: it may never have been let charge."
    if case.stop and case.stop.by is By.OPERATOR:
        return "Nothing may have been wrong: it was stopped from here."
    if case.duration < SHORT:
        return "It was over before a car need have begun: see how it ended."
    if case.stop and case.stop.by is By.STATION:
        return "See why the station ended it."
    return "Timer in the car, full battery, or a cable that does not fit: ask the driver."


def no_power(case: Case) -> Finding | None:
    """It says that it charges, and its meter says that nothing flows."""
    if not case.is_meter_believed:
        return None
    for stretch in case.stretches:
        if stretch.state != "Charging" or stretch.length < PATIENCE:
            continue
        inside = _within(case, stretch.began_at, stretch.ended_at)
        still = [r for r in inside if r.power_w is not None]
        if len(still) < _FEW or still[-1].at - still[0].at < PATIENCE or _has_flowed(still):
            continue
        text = (
            f"It said Charging from {case.clock(stretch.began_at)}, but no power flowed"
            f" {case.evidence.between(still[0].at, still[-1].at)}."
        )
        advice = "Look at the contactor and the meter of the charger, or at another car there."
        return Finding("no_power_while_charging", "faulted", text, advice,
                       (stretch.ref, still[0].ref, still[-1].ref))  # fmt: skip
    return None


def waiting(case: Case) -> Finding | None:
    if case.is_over or case.session.state != SessionState.PENDING or case.duration < PATIENCE:
        return None
    if case.flowing or case.session.energy_wh >= _NOTHING_WH or case.is_out_of_touch:
        return None
    text = f"Started {span(case.duration)} ago, and nothing tells of energy yet."
    advice = "Is the cable in at both ends, and does a timer in the car hold it back?"
    return Finding("waiting", "paused", text, advice, case.evidence.edges)


def station_paused(case: Case) -> Finding | None:
    held = [s for s in case.stretches if s.state == "SuspendedEVSE"]
    if not held:
        return None
    if held[-1].is_last and not case.is_over and case.is_out_of_touch:
        text = f"The station held back from {case.clock(held[-1].began_at)} on, as it said last."
    elif held[-1].is_last and not case.is_over:
        text = f"The station has held back since {case.clock(held[-1].began_at)}."
    else:
        when = case.evidence.between(held[0].began_at, held[0].ended_at)
        more = f", and {len(held) - 1} more times" if len(held) > 1 else ""
        text = f"The station held back {when}{more}."
    advice = "A limit, a schedule or its own protection; the car would have taken more."
    refs = tuple(s.ref for s in held[:10])
    return Finding("station_paused", "paused", text, advice, refs)


def car_stopped(case: Case) -> Finding | None:
    """The car's last pause, if it took nothing more after it; or the pauses before."""
    pauses = [s for s in case.stretches if s.state == "SuspendedEV"]
    if not pauses or not case.flowing:
        return None
    last = pauses[-1]
    if any(s.state == "Charging" and s.began_at > last.began_at for s in case.stretches) or any(
        r.at > last.began_at + PATIENCE for r in case.flowing
    ):
        when = case.evidence.between(last.began_at, last.ended_at)
        text, advice = f"The car paused {when} and then took more.", "That is the car's own doing."
        return Finding("car_paused", "ok", text, advice, (last.ref,))
    after = span(last.began_at - case.session.started_at)
    soc = _soc_at(case, last.began_at)
    at = f" at {soc.soc_pct:.0f} %" if soc and soc.soc_pct is not None else ""
    is_full = bool(soc and soc.soc_pct is not None and soc.soc_pct >= FULL_PCT)
    text = f"The car stopped drawing after {after}{at}: normal."
    advice = "The battery is full." if is_full else "A limit or a timer of the car, or it is full."
    refs = (last.ref, soc.ref) if soc else (last.ref,)
    return Finding("car_full" if is_full else "car_stopped", "ok", text, advice, refs)


def idle(case: Case) -> Finding | None:
    """The cable stayed in long after the last power."""
    if not case.flowing or case.is_out_of_touch:
        return None
    last = case.flowing[-1]
    after = [r for r in case.evidence.readings if r.at > last.at and r.power_w is not None]
    until = case.session.ended_at or case.now
    if not after or until - last.at < IDLE or case.session.is_estimated:
        return None
    text = f"The cable stayed in for {span(until - after[0].at)} after charging."
    advice = "The place was not free for others."
    return Finding("idle_after_charging", "paused", text, advice, (last.ref, after[0].ref))


def limited(case: Case) -> Finding | None:
    """The limits it was under, and who set them; the lowest in the words."""
    limits = [limit for limit in case.evidence.limits if limit.amounts]
    if not limits:
        return None
    low = min(limits, key=lambda limit: (limit.unit != limits[0].unit, limit.amounts[0]))
    amounts = [amount(value, low.unit) for value in (low.amounts[0], low.amounts[-1])]
    what = amounts[0] if amounts[0] == amounts[1] else f"{amounts[0]} to {amounts[1]}"
    where = "the whole station" if low.place[0] == 0 else "its connector"
    more = f" There were {len(limits)} limits in all." if len(limits) > 1 else ""
    text = f"A limit of {what} for {where} was set by {low.by or 'nobody named'}.{more}"
    advice = "It may charge more slowly than the car could; limits are under Power."
    return Finding("limited", "ok", text, advice, tuple(limit.ref for limit in limits[:10]))


def throttled(case: Case) -> Finding | None:
    """What the meter showed lay right below a limit for long."""
    for limit in case.evidence.limits:
        for step in limit.steps:
            near = _at_limit(case, limit, step)
            if near:
                return _throttled(case, limit, step, near)
    return None


def very_long(case: Case) -> Finding | None:
    if case.duration < LONG or case.flags & {"clock", "joined_into"}:
        return None
    lasted = "has lasted" if not case.is_over else "lasted"
    text = f"It {lasted} {span(case.duration)}, for {kwh(case.session.energy_wh)}."
    advice = "Is the car left there, or was an end never told?"
    return Finding("very_long", "paused", text, advice, case.evidence.edges)


def _throttled(case: Case, limit: Limit, step: Step, near: list[Reading]) -> Finding:
    what, by = amount(step.amount or 0.0, limit.unit), limit.by or "nobody named"
    when = case.evidence.between(near[0].at, near[-1].at)
    text = f"It charged at its limit of {what} {when}, set by {by}."
    advice = "The car may have taken more; raise the limit under Power if that is wrong."
    refs = (limit.ref, near[0].ref, near[-1].ref)
    return Finding("throttled", "paused", text, advice, refs)


def _at_limit(case: Case, limit: Limit, step: Step) -> list[Reading]:
    """The readings of a step if most that flowed were near its amount, for long enough."""
    if not step.amount or not case.is_meter_believed:
        return []
    inside = [r for r in case.flowing if step.began_at <= r.at <= step.ended_at]
    near = [
        r
        for r in inside
        if (value := r.power_w if limit.unit == "W" else r.current_a) is not None
        and _NEAR * step.amount <= value <= _ABOVE * step.amount
    ]
    is_most = len(near) >= _FEW and 2 * len(near) > len(inside)
    is_long = bool(near) and (near[-1].at - near[0].at).total_seconds() >= _MANY_S
    return near if is_most and is_long else []


def _within(case: Case, began_at: datetime, ended_at: datetime) -> list[Reading]:
    return [r for r in case.evidence.readings if began_at <= r.at <= ended_at]


def _has_flowed(readings: list[Reading]) -> bool:
    """By power, or by the register."""
    if any(r.power_w is not None and r.power_w > FLOWING_W for r in readings):
        return True
    shown = [r.register_wh for r in readings if r.register_wh is not None]
    return bool(shown) and shown[-1] - shown[0] >= _NOTHING_WH


def _soc_at(case: Case, at: datetime) -> Reading | None:
    told = [r for r in case.evidence.readings if r.soc_pct is not None and r.at <= at + PATIENCE]
    return told[-1] if told else None


def _edges(case: Case) -> tuple[Ref, ...]:
    readings = case.evidence.readings
    return tuple(r.ref for r in (readings[:1] + readings[-1:]))


def _is_cable(case: Case) -> bool:
    return case.stop is not None and case.stop.by is By.CABLE and case.duration < SHORT
