"""Jobs and their stations as pages show them."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from apps.accounts.models import Actor
from apps.campaigns.models import Target
from apps.commands.models import CommandRow
from apps.dashboard.presenters.commands import CommandLife, command_life
from apps.domain.command import BadParameters, Command
from apps.jobs import selectors
from apps.jobs.models import Job
from apps.jobs.orders import order_of
from apps.jobs.review import busy
from apps.jobs.selectors import Progress

_STATES = {
    "draft": ("Not started", "offline", "pencil"),
    "running": ("Running", "charging", "loader-circle"),
    "paused": ("Paused", "paused", "pause"),
    "stopped": ("Stopped", "out", "octagon-x"),
    "done": ("Done", "ok", "check"),
}
_ITEMS = {
    "waiting": ("Waiting", "offline", "clock"),
    "sent": ("Under way", "charging", "send"),
    "reached": ("Done", "ok", "circle-check"),
    "failed": ("Failed", "faulted", "circle-x"),
    "spared": ("Not told", "out", "octagon-x"),
    "skipped": ("Left out", "paused", "circle-slash"),
}

_FILLS = {"reached": "charging", "sent": "plugged"}
_UNSAID: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Part:
    """Stations of a job in one state, and what of a hundred they are."""

    key: str
    word: str
    tone: str
    icon: str
    count: int

    @property
    def fill(self) -> str:
        """In a bar what waits is left empty, and what is done is no exception."""
        return _FILLS.get(self.key, self.tone)


@dataclass(frozen=True, slots=True)
class JobRow:
    job: Job
    progress: Progress
    word: str
    tone: str
    icon: str

    @property
    def parts(self) -> list[Part]:
        counts = self.progress.by_state
        return [Part(key, *_ITEMS[key], count=counts[key]) for key in selectors.STATES]

    @property
    def bars(self) -> list[tuple[Part, int, int]]:
        """Each part that there is, where it begins and how wide it is, of 1,000."""
        total, at, found = max(self.progress.total, 1), 0, []
        for part in sorted(self.parts, key=_drawn):
            width = 1_000 * part.count // total
            if part.count and part.key != "waiting":
                found.append((part, 1_000 * at // total, max(width, 4)))
            at += part.count
        return found

    @property
    def failed(self) -> int:
        return self.progress.by_state["failed"]

    @property
    def said(self) -> list[tuple[str, str]]:
        """The parameters of the order: a word and its value each."""
        return [pair for name, value in (self.job.parameters or {}).items() if value not in _UNSAID
                for pair in _said(name, value)]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One station of a job; ``life``: of the command that it was sent last."""

    item: Target
    word: str
    tone: str
    icon: str
    life: CommandLife | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a review found: who is left out by reason, and who is away of the others, and where
    it would interrupt a car."""

    skipped: list[tuple[str, int]]
    away: int
    charging: int


def job_rows(actor: Actor, jobs: Collection[Job]) -> list[JobRow]:
    """In one query for all."""
    progress = selectors.progress_of(actor, jobs)
    return [JobRow(job, progress[job.pk], *_STATES[job.state]) for job in jobs]


def item_rows(items: Collection[Target]) -> list[ItemRow]:
    """In one query for all."""
    commands = selectors.commands_of(items)
    return [_item(item, commands.get(item.command_id or 0)) for item in items]


def judged(actor: Actor, job: Job) -> Judged:
    fit = selectors.list_items(actor, job, "waiting").order_by()
    left_out = selectors.list_items(actor, job, "skipped").order_by().values_list("problem")
    by_reason = left_out.annotate(n=Count("pk")).order_by("-n", "problem")
    here = list(fit.values_list("station_id", "station__is_connected"))
    away = sum(not is_connected for _, is_connected in here)
    charging = busy([key for key, _ in here]) if _interrupts(job) else ()
    return Judged(list(by_reason[:20]), away, len(charging))


def _interrupts(job: Job) -> bool:
    try:
        order = order_of(job.action, job.parameters or {}, job.organisation_id)
    except BadParameters:  # what it names is gone since
        return False
    return isinstance(order, Command) and order.interrupts


def _item(item: Target, row: CommandRow | None) -> ItemRow:
    shown = _ITEMS[selectors.shown_state(item.state, item.outcome)]
    return ItemRow(item, *shown, life=command_life(row) if row else None)


def _said(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Of variables each by its own name; a site has its name in the title."""
    if name == "variables" and isinstance(value, list):
        for item in value:
            of = [item.get(part, {}).get("name", "") for part in ("component", "variable")]
            yield " ".join(filter(None, of)), str(item.get("attributeValue", ""))
    elif isinstance(value, dict | list):
        yield name.replace("_", " "), json.dumps(value)
    elif name != "location" or not isinstance(value, int):
        yield name.replace("_", " "), str(value)


def _drawn(part: Part) -> int:
    """What is over first, then what is under way."""
    return ("reached", "failed", "spared", "sent", "waiting", "skipped").index(part.key)
