"""Writes: reports are asked for, come in parts, are complete, or fall silent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from apps.commands import answers, expiry, questions
from apps.commands.models import CommandRow
from apps.commands.progress import Progress
from apps.device import asking, assembly
from apps.device.asking import Ask
from apps.device.assembly import OPEN, Kind, State
from apps.device.models import Monitor, Report
from apps.domain.command import Command
from apps.domain.device import GetMonitoringReport, VariableSet
from apps.domain.events import CommandAnswered
from apps.live.announce import announce_all
from apps.stations import readings
from apps.stations.abilities import is_watching
from ocpp_platform.keyset import pages

SILENCE_S = 300
KEPT_FOR = timedelta(days=30)
_CLOSED = (State.COMPLETE, State.EMPTY)
_RECENT = 20
_WORDS = {Kind.VARIABLES: "variable", Kind.MONITORS: "monitor"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it came; ``items``: how many variables or monitors it names."""

    kind: Kind
    request_id: int
    seq: int
    is_last: bool
    items: int = 0
    text: str = ""


@transaction.atomic
def take_part(station_id: int, part: Part, now: datetime) -> Report:
    """Add a part to its report; one that nobody asked for is kept too. Call ``settle`` after."""
    report = _report_of(station_id, part, now)
    report = Report.objects.select_for_update().get(pk=report.pk)
    known = assembly.take(report.assembly, part.seq, part.items, is_last=part.is_last)
    if known == report.assembly:
        return report
    report.seqs, report.last_seq, report.items = known.seqs, known.last_seq, known.items
    report.state = assembly.state_of(known, is_silent=False)
    report.last_at = now
    if part.kind is Kind.CUSTOMER:
        report.texts = {**report.texts, str(part.seq): part.text}
    report.save(update_fields=["seqs", "last_seq", "items", "state", "last_at", "texts"])
    return report


def settle(report: Report, now: datetime) -> None:
    """Once what the part tells is kept: what a whole report does not name goes, the command ends.

    Doing it again changes nothing.
    """
    if report.state == State.COMPLETE and report.completed_at is None:
        Report.objects.filter(pk=report.pk).update(completed_at=now)
        report.completed_at = now
        _drop_unnamed(report)
        _read_monitors_too(report, now)
    _tell_command(report, now)


def note_set(row: CommandRow, taken: VariableSet, *, now: datetime) -> None:
    """The station took a value that ``row`` has set."""
    readings.note_set(row.station_id, taken, actor=row.actor, command_id=row.pk, now=now)


def answered(row: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """The station promised the reports that ``row`` asks for, has none, or gave it at once."""
    asks = asking.asks_of(row.kind, row.parameters, row.request)
    told = asking.parts_of(event.response)
    for ask, answer in zip(asks, told, strict=False):
        if ask.request_id is None:
            _take_whole(row, ask, event, now)
        elif answer.get("status") == "EmptyResultSet":
            _drop_unnamed(_begin(row.station_id, ask, row, now, State.EMPTY))
        elif answer.get("status") == "Accepted":
            is_told = ask.kind is not Kind.CUSTOMER or ask.asked.get("report")
            _begin(row.station_id, ask, row, now, State.ASKED if is_told else State.EMPTY)
    report = Report.objects.filter(command_id=row.pk).first() if asks else None
    if report is not None:
        _tell_command(report, now)


def watch(*, now: datetime) -> int:
    """Give up waiting for reports that fell silent. Safe to run twice."""
    silent = Report.objects.filter(state__in=OPEN, last_at__lte=now - timedelta(seconds=SILENCE_S))
    return sum(_give_up(silent, [report.pk for report in page], now) for page in pages(silent))


@transaction.atomic
def _give_up(silent: QuerySet[Report], keys: list[int], now: datetime) -> int:
    """Each with its command; what another process holds is looked at the next time."""
    rows = silent.filter(pk__in=keys).select_related("station").order_by("pk")
    reports = list(rows.select_for_update(skip_locked=True, of=("self",)))
    waiting = CommandRow.objects.filter(
        pk__in=[r.command_id for r in reports if r.command_id], confirmed_at=None
    )
    commands = set(waiting.values_list("pk", flat=True))
    busy = commands - expiry.held(list(commands))
    over = [report for report in reports if report.command_id not in busy]
    Report.objects.filter(pk__in=[report.pk for report in over]).update(state=State.INCOMPLETE)
    lacks = {r.command_id: assembly.lack(r.assembly) for r in over if r.command_id in commands}
    expiry.fail({key: lack for key, lack in lacks.items() if key is not None}, now=now)
    announce_all((r.station.organisation_id, f"station:{r.station_id}") for r in over)
    return len(over)


def let_go(*, now: datetime) -> int:
    """Forget what stations told of customers, and of whom, after 30 days."""
    old = Report.objects.filter(kind=Kind.CUSTOMER, begun_at__lte=now - KEPT_FOR)
    known = old.exclude(asked={}, texts={})
    forgotten = (
        Report.objects.filter(pk__in=[report.pk for report in page]).update(asked={}, texts={})
        for page in pages(known.only("pk"))
    )
    return sum(forgotten)


def _report_of(station_id: int, part: Part, now: datetime) -> Report:
    """The newest report of this number, unless it has been asked for again since."""
    same = Report.objects.filter(
        station_id=station_id, kind=part.kind, request_id=part.request_id
    ).order_by("-id")
    latest = same.first()
    if latest is not None and latest.command_id == part.request_id:
        return latest
    row, ask = _asking(station_id, part)
    if latest is not None and (row is None or latest.command_id == row.pk):
        return latest
    return _begin(station_id, ask or Ask(part.kind, part.request_id, {}), row, now, State.ASKED)


def _asking(station_id: int, part: Part) -> tuple[CommandRow | None, Ask | None]:
    """The newest command that asked for this report, for its answer may come after a part."""
    sent = CommandRow.objects.filter(
        station_id=station_id, name__in=asking.NAMES, sent_at__isnull=False
    )
    for row in sent.order_by("-id")[:_RECENT]:
        for ask in asking.asks_of(row.kind, row.parameters, row.request):
            if (ask.kind, ask.request_id) == (part.kind, part.request_id):
                return row, ask
    return None, None


def _begin(
    station_id: int, ask: Ask, row: CommandRow | None, now: datetime, state: State
) -> Report:
    report, _ = Report.objects.get_or_create(
        station_id=station_id,
        kind=ask.kind,
        request_id=ask.request_id,
        command_id=row.pk if row else None,
        defaults={
            "asked": ask.asked,
            "actor": row.actor if row else "",
            "state": state,
            "begun_at": now,
            "last_at": now,
        },
    )
    return report


def _take_whole(row: CommandRow, ask: Ask, event: CommandAnswered, now: datetime) -> None:
    """An answer that is the report itself."""
    if event.status != "accepted":
        return
    report = _begin(row.station_id, ask, row, now, State.COMPLETE)
    Report.objects.filter(pk=report.pk).update(
        seqs="0", last_seq=0, items=len(event.values), completed_at=now, state=State.COMPLETE
    )


def _drop_unnamed(report: Report) -> None:
    """What a report of everything does not name is no more; one of nothing is no proof."""
    if report.command_id is None or not asking.is_everything(report.asked):
        return
    if report.kind == Kind.VARIABLES and report.items:
        readings.drop_unnamed(report.station_id, report.pk)
    elif report.kind == Kind.MONITORS:
        gone = Monitor.objects.filter(station_id=report.station_id)
        gone.exclude(report_id=report.pk).delete()


def _read_monitors_too(report: Report, now: datetime) -> None:
    """A station that was read because it is new, and watches anything, is asked what."""
    if report.command_id is None or report.kind != Kind.VARIABLES:
        return
    asked = CommandRow.objects.filter(pk=report.command_id, actor=questions.ONBOARDING).first()
    if asked is None or not is_watching(report.station_id):
        return
    whom = (asked.organisation_id, asked.station_id, asked.identity)
    questions.ask_later(
        whom, GetMonitoringReport(), now=now, actor=questions.ONBOARDING, reason=asked.reason
    )


def _tell_command(report: Report, now: datetime) -> None:
    """Its command is confirmed when all of its reports are closed; before, it goes on."""
    row = _waiting(report)
    if row is None:
        return
    reports = list(Report.objects.filter(command_id=row.pk))
    asks = asking.asks_of(row.kind, row.parameters, row.request)
    if len(reports) == len(asks) and all(one.state in _CLOSED for one in reports):
        answers.confirm(row, observed=words(reports), now=now)
    elif report.seqs:
        count = sum(one.assembly.parts for one in reports)
        answers.note_report(row, Progress(f"{_counted(count, 'part')} so far"), now=now)


def _waiting(report: Report) -> CommandRow | None:
    """The command that the report confirms."""
    return CommandRow.objects.filter(pk=report.command_id or 0, confirmed_at=None).first()


def words(reports: Sequence[Report]) -> str:
    """What came, in one sentence."""
    parts = sum(one.assembly.parts for one in reports)
    items = sum(one.items for one in reports)
    kind = Kind(reports[0].kind)
    if kind is Kind.CUSTOMER:
        return _customer_words(reports[0])
    if not items:
        return "The station has nothing to report"
    return f"Report complete: {_counted(items, _WORDS[kind])} in {_counted(parts, 'part')}"


def _customer_words(report: Report) -> str:
    erased = " and said that it erased it" if report.asked.get("clear") else ""
    if not report.asked.get("report"):
        return "The station said that it erased what it knew"
    if not report.text.strip():
        return f"The station told nothing of this customer{erased}"
    return f"The station told what it knows{erased}: {_counted(report.assembly.parts, 'part')}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


ANSWERED: Mapping[type[Command], Callable[..., None]] = dict.fromkeys(asking.KINDS, answered)
