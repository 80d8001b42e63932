"""Incidents told by rule: facts become notices, and notices are sent until they arrive."""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from http.client import HTTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from apps.history.models import Fact
from apps.history.reading import place_behind, place_of, read_after
from apps.history.services import advance
from apps.incidents import letters
from apps.incidents.letters import Told
from apps.incidents.models import Channel, Incident, Notice, Rule
from ocpp_platform import outside

READER = "notices"
PAGE_FACTS, MOST_PAGES = 500, 40
AT_ONCE = 20  # of one rule in a turn; where one does not arrive, the others wait
TURN = 100
SENDERS = 20  # addresses that are asked at once
TRIES = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=2)
TOO_OLD = timedelta(days=1)
TIMEOUT_S = 10.0
WEBHOOK_HOSTS = "OCPP_WEBHOOK_HOSTS"


def write_notices(*, now: datetime) -> int:
    """A notice for each rule that an incident concerns; how many facts were read."""
    read = 0
    for _ in range(MOST_PAGES):
        place = place_of(READER)
        facts = read_after(place, PAGE_FACTS)
        if not facts:
            break
        with transaction.atomic():
            _write([fact for fact in facts if fact.kind in letters.TOLD], now)
            if not advance(READER, since=place, to=place_behind(facts[-1]), now=now):
                break
        read += len(facts)
    return read


def send_notices(*, now: datetime) -> int:
    """Try what is due; how many arrived. Each is taken by one sender at a time.

    Rules do not wait for each other: one whose address hangs holds up only its own.
    """
    lines: dict[int, deque[Notice]] = {}
    for notice in _due(now)[:TURN]:
        lines.setdefault(notice.rule_id, deque()).append(notice)
    with ThreadPoolExecutor(SENDERS, "notices") as senders:
        return _send(senders, lines, now)


def _send(senders: Executor, lines: Mapping[int, deque[Notice]], now: datetime) -> int:
    """What goes out goes out in threads; what is written is written here."""
    arrived, out = 0, dict[Future[str], Notice]()
    for line in lines.values():
        out |= _next(senders, line, now)
    while out:
        done, _ = wait(out, return_when=FIRST_COMPLETED)
        for future in done:
            notice = out.pop(future)
            if _settle(notice, future.result(), now):
                arrived += 1
                out |= _next(senders, lines[notice.rule_id], now)
    return arrived


def _next(senders: Executor, line: deque[Notice], now: datetime) -> dict[Future[str], Notice]:
    """The first of a rule that nobody else has taken, on its way."""
    while line:
        notice = line.popleft()
        later = min(FIRST_WAIT * 2**notice.attempts, LONGEST_WAIT)
        mine = Notice.objects.filter(pk=notice.pk, state="waiting", attempts=notice.attempts)
        if mine.update(attempts=F("attempts") + 1, due_at=now + later):
            return {senders.submit(_sent, notice.rule, _told(notice), now): notice}
    return {}


def send_test(rule: Rule, *, now: datetime) -> str:
    """Send a rule something to see whether it arrives; what went wrong, "" for nothing."""
    told = Told(
        letters.TEST, 0, "This is a test", "no site", "minor",
        "Nothing to do: your rule works.", now,
    )  # fmt: skip
    return _sent(rule, told, now)


def _write(facts: list[Fact], now: datetime) -> None:
    young = [fact for fact in facts if fact.at > now - TOO_OLD]
    if not young:
        return
    rules = list(Rule.objects.filter(organisation_id__in={f.organisation_id for f in young}))
    Notice.objects.bulk_create(
        [
            Notice(
                rule=rule, incident_id=fact.subject_id, what=fact.kind, fact_id=fact.pk,
                made_at=now, due_at=now,
            )
            for fact in young
            for rule in rules
            if _concerns(rule, fact)
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _concerns(rule: Rule, fact: Fact) -> bool:
    if rule.organisation_id != fact.organisation_id:
        return False
    if rule.location_id not in (None, fact.details["location_id"]):
        return False
    severity = str(fact.details["severity"])
    return letters.concerns(fact.kind, severity, least=rule.least, tells_end=rule.tells_end)


def _due(now: datetime) -> QuerySet[Notice]:
    """The oldest of each rule first."""
    of_rule = Window(RowNumber(), partition_by="rule_id", order_by=("due_at", "pk"))
    due = Notice.objects.filter(state="waiting", due_at__lte=now).annotate(turn=of_rule)
    first = due.filter(turn__lte=AT_ONCE).order_by("turn", "due_at", "pk")
    return first.select_related("rule", "incident__location", "incident__only")


def _settle(notice: Notice, error: str, now: datetime) -> bool:
    """Whether it has arrived; ``error``: what went wrong, "" for nothing."""
    done = Notice.objects.filter(pk=notice.pk)
    if not error:
        done.update(state=Notice.State.SENT, sent_at=now, error="")
        return True
    is_last = notice.attempts + 1 >= TRIES
    done.update(state="failed" if is_last else "waiting", error=error[:200])
    return False


def _told(notice: Notice) -> Told:
    """As the incident is now; the notice says what of it is told."""
    one = notice.incident
    if one is None:
        raise ValueError(f"notice {notice.pk} is about nothing")
    return Told(
        notice.what, one.pk, one.title, one.location.name, one.severity, one.action,
        one.since_at, one.reason, _url(one),
    )  # fmt: skip


def _url(one: Incident) -> str:
    return f"{settings.OCPP_PUBLIC_URL}/incidents/{one.pk}/" if settings.OCPP_PUBLIC_URL else ""


def _sent(rule: Rule, told: Told, now: datetime) -> str:
    try:
        if rule.channel == Channel.EMAIL:
            _mail(rule, told)
        else:
            _post(rule, told, now)
    except (ValueError, OSError, HTTPException) as error:  # SMTP's errors are OSErrors
        return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return ""


def _mail(rule: Rule, told: Told) -> None:
    if not settings.EMAIL_HOST:
        raise outside.NotAllowed("no mail server is set: EMAIL_HOST")
    to = list(addresses(rule.to))
    EmailMessage(letters.subject(told), letters.text(told), to=to).send()


def _post(rule: Rule, told: Told, now: datetime) -> None:
    content = letters.body(told)
    headers = {
        "Content-Type": "application/json",
        "X-Signature": letters.signature(rule.secret, now, content),
    }
    outside.post(
        rule.to, content, headers, listed=settings.OCPP_WEBHOOK_HOSTS, timeout_s=TIMEOUT_S,
        named=WEBHOOK_HOSTS,
    )  # fmt: skip


def addresses(text: str) -> Iterator[str]:
    """The addresses of an e-mail rule."""
    yield from (part.strip() for part in text.split(",") if part.strip())
