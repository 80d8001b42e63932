"""Writes: cases are opened, renewed, settled and decided. Every step may run twice, and at once."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from apps.history.doers import CLOCK, Doer
from apps.history.kinds import CASE_CLOSED, CASE_DECIDED, CASE_OPENED, Kind
from apps.history.models import Fact, Position
from apps.history.reading import Place, place_behind, place_of, read_after
from apps.history.services import advance, fact_of, record_many
from apps.live.announce import announce_all
from apps.reconciliation import between, ended, life, parked
from apps.reconciliation.kinds import PARKED, kind_of
from apps.reconciliation.life import Changes, Finding, Held, Moment, Outcome, State
from apps.reconciliation.models import Case
from apps.reconciliation.neighbours import pairs_of, twins_of
from apps.reconciliation.paired import list_paired
from apps.reconciliation.sights import sights_of
from apps.reconciliation.watches import WATCHES, Watch
from ocpp_platform import turns

READER, PARKED_READER = "reconciliation", "parked"
JUDGED = frozenset({"session ended", "session corrected", "energy decided"})
PAGE_FACTS, MOST_PAGES = 500, 40
PAGE_SESSIONS = 200
CLOSING_ROWS = 500
_HELD = ("pk", "kind", "subject", "state", "signature", "evidence")


def reconcile(*, now: datetime) -> None:
    """What is, held against what should be; called every minute, and bounded each time."""
    watch(now=now)
    turns.take(
        ("judging sessions", partial(judge_sessions, now=now)),
        ("gathering parked messages", partial(keep_parked, now=now)),
        ("settling cases", partial(settle_due, now=now)),
    )


def watch(*, now: datetime) -> None:
    """What is so now, kind by kind, each for itself and in a transaction of its own."""
    turns.take(*(
        (f"the watch for {kind}", partial(_watch, kind, look, now))
        for kind, look in WATCHES.items()
    ))  # fmt: skip


def _watch(kind: str, look: Watch, now: datetime) -> None:
    found = list(look(Moment(now, settings.OCPP_WATCH_S)))
    with transaction.atomic():
        _apply(life.compare(_held(Q(kind=kind)), found), now)


def judge_sessions(*, now: datetime) -> int:
    """Sessions that have ended or changed since; how many were judged."""
    judged = 0
    for _ in range(MOST_PAGES):
        place = place_of(READER)
        facts = read_after(place, PAGE_FACTS)
        if not facts:
            break
        ids = {fact.session_id for fact in facts if fact.kind in JUDGED and fact.session_id}
        for part in _parts(sorted(ids)):
            judge_some(part, now=now)
            judged += len(part)
        if not advance(READER, since=place, to=_end_of(facts), now=now):
            break
    return judged


@transaction.atomic
def judge_some(ids: Collection[int], *, now: datetime) -> None:
    """Hold these sessions against all that may be wrong with one that has ended."""
    ids = {*ids, *list_paired(ids)}
    sights = sights_of(ids, now=now)
    beside = {one.id for sight in sights for one in sight.others if one.id < sight.id} - ids
    sights += sights_of(beside, now=now)
    found = [finding for sight in sights for finding in ended.judge(sight)]
    held = _held(Q(session_id__in=ids | beside, kind__in=ended.KINDS))
    _apply(life.compare(held, found), now)
    pairs = [*pairs_of(ids, now=now), *twins_of(ids, now=now)]
    about = {*ids, *(pair.before.id for pair in pairs)}
    held = _held(Q(session_id__in=about, kind__in=between.KINDS))
    _apply(life.compare(held, between.judge(pairs)), now)


@transaction.atomic
def keep_parked(*, now: datetime) -> None:
    """What was parked since the last time is one case for each station."""
    Position.objects.get_or_create(name=PARKED_READER)
    place = Position.objects.select_for_update().get(name=PARKED_READER)
    news = parked.news_after(place.fact_id)
    if not news:
        return
    subjects = [parked.subject_of(one) for one in news]
    held = _held(Q(kind=PARKED, subject__in=subjects))
    still = Case.objects.filter(pk__in=[c.id for c in held]).exclude(state=State.CLOSED)
    before = {c.subject: int(c.evidence[0].get("count", 1)) for c in still}
    _apply(life.compare(held, parked.findings(news, before)), now)
    place.fact_id, place.moved_at = max(one.newest for one in news), now
    place.save(update_fields=["fact_id", "moved_at"])


@transaction.atomic
def settle_due(*, now: datetime) -> None:
    """Those whose time is over: settled where that is safe, else a person is asked."""
    due = Case.objects.filter(state=State.WAITING, deadline_at__lte=now)
    kinds = set(due.values_list("kind", flat=True).distinct())
    for name in sorted(kinds):
        ids = list(due.filter(kind=name).order_by("pk").values_list("pk", flat=True)[:CLOSING_ROWS])
        if life.is_safe(name):
            _close(ids, Outcome.SETTLED, kind_of(name).settles, now)
        else:
            Case.objects.filter(pk__in=ids, state=State.WAITING).update(
                state=State.OPEN, deadline_at=None
            )


@dataclass(frozen=True, slots=True)
class Decision:
    """``by``: who decided, ``reason``: why, in his words."""

    resolution: str
    by: Doer
    reason: str = ""


@transaction.atomic
def decide(case: Case, decision: Decision, *, now: datetime) -> bool:
    """Close a case by a person's word; False where somebody was first."""
    taken = Case.objects.filter(pk=case.pk).exclude(state=State.CLOSED).update(
        state=State.CLOSED, outcome=Outcome.DECIDED, closed_at=now, deadline_at=None,
        resolution=decision.resolution, decided_by=decision.by.label[:160],
        reason=decision.reason[:200],
    )  # fmt: skip
    if taken:
        case.refresh_from_db()
        record_many([_fact(CASE_DECIDED, case, decision.by, decision.reason)])
        _announce([case])
    return bool(taken)


@transaction.atomic
def decide_all(ids: Collection[int], decision: Decision, *, now: datetime) -> None:
    """The same for many, in as few questions as one."""
    Case.objects.filter(pk__in=ids).exclude(state=State.CLOSED).update(
        state=State.CLOSED, outcome=Outcome.DECIDED, closed_at=now, deadline_at=None,
        resolution=decision.resolution, decided_by=decision.by.label[:160],
        reason=decision.reason[:200],
    )  # fmt: skip
    done = list(Case.objects.filter(pk__in=ids, closed_at=now).order_by("pk"))
    record_many(_fact(CASE_DECIDED, case, decision.by, decision.reason) for case in done)
    _announce(done)


@transaction.atomic
def put_off(case: Case, until: datetime, decision: Decision) -> bool:
    """Ask nobody before ``until``: time may settle it."""
    taken = (
        Case.objects.filter(pk=case.pk)
        .exclude(state=State.CLOSED)
        .update(state=State.WAITING, deadline_at=until)
    )
    if taken:
        case.refresh_from_db()
        record_many([_fact(CASE_DECIDED, case, decision.by, decision.reason)])
        _announce([case])
    return bool(taken)


def _held(which: Q) -> list[Held]:
    rows = Case.objects.filter(which, is_current=True).select_for_update().order_by("pk")
    return [Held(*row) for row in rows.values_list(*_HELD)]


def _apply(changes: Changes, now: datetime) -> None:
    _leave([case.id for case in changes.gone], now)
    if changes.again:
        again = Case.objects.filter(pk__in=[case.id for case in changes.again])
        again.update(is_current=False)
    for case, finding in changes.renewed:
        Case.objects.filter(pk=case.id).update(
            evidence=[one.as_json() for one in finding.evidence], signature=finding.signature
        )
    _open(changes.new, now)


def _leave(ids: Collection[int], now: datetime) -> None:
    """What they are about is no longer so."""
    if ids:
        unsettled = Case.objects.filter(pk__in=ids).exclude(state=State.CLOSED)
        _close(list(unsettled.values_list("pk", flat=True)), Outcome.GONE, "", now)
        Case.objects.filter(pk__in=ids).update(is_current=False)


def _open(findings: Collection[Finding], now: datetime) -> None:
    if not findings:
        return
    rows = [_row(finding, now) for finding in findings]
    Case.objects.bulk_create(rows, ignore_conflicts=True)
    keys = Q(kind__in={row.kind for row in rows}, subject__in={row.subject for row in rows})
    made = list(Case.objects.filter(keys, is_current=True, opened_at=now).order_by("pk"))
    record_many(_fact(CASE_OPENED, case, CLOCK) for case in made)
    closed = [case for case in made if case.state == State.CLOSED]
    record_many(_fact(CASE_CLOSED, case, CLOCK, case.reason) for case in closed)
    _announce(made)


def _row(finding: Finding, now: datetime) -> Case:
    kind = kind_of(finding.kind)
    state, deadline_at = life.begin(kind, Moment(now, settings.OCPP_WATCH_S))
    is_settled = state is State.CLOSED
    return Case(
        organisation_id=finding.organisation_id, station_id=finding.station_id,
        session_id=finding.session_id, evse_id=finding.evse_id, kind=finding.kind,
        subject=finding.subject, state=state.value, deadline_at=deadline_at,
        outcome=Outcome.SETTLED.value if is_settled else "",
        closed_at=now if is_settled else None, reason=kind.settles if is_settled else "",
        decided_by=CLOCK.label if is_settled else "",
        evidence=[one.as_json() for one in finding.evidence], signature=finding.signature,
        since_at=finding.since, opened_at=now,
    )  # fmt: skip


def _close(ids: Collection[int], outcome: Outcome, reason: str, now: datetime) -> None:
    if not ids:
        return
    Case.objects.filter(pk__in=ids).exclude(state=State.CLOSED).update(
        state=State.CLOSED, outcome=outcome, closed_at=now, deadline_at=None,
        decided_by=CLOCK.label, reason=reason,
    )  # fmt: skip
    closed = list(Case.objects.filter(pk__in=ids, closed_at=now).order_by("pk"))
    record_many(_fact(CASE_CLOSED, case, CLOCK, reason) for case in closed)
    _announce(closed)


def _fact(kind: Kind, case: Case, by: Doer, reason: str = "") -> Fact:
    return fact_of(
        kind, actor=by, organisation_id=case.organisation_id,
        subject=(case.pk, f"{kind_of(case.kind).title}"), station_id=case.station_id,
        session_id=case.session_id, reason=reason,
        details={"kind": case.kind, "subject": case.subject, "outcome": case.outcome},
    )  # fmt: skip


def _announce(cases: Iterable[Case]) -> None:
    announce_all(
        (case.organisation_id, topic)
        for case in cases
        for topic in ("cases", f"station:{case.station_id}", f"session:{case.session_id}")
    )


def _parts(ids: list[int]) -> Iterator[list[int]]:
    for begin in range(0, len(ids), PAGE_SESSIONS):
        yield ids[begin : begin + PAGE_SESSIONS]


def _end_of(facts: list[Any]) -> Place:
    return place_behind(facts[-1])
