"""What came of each station of a job, as lines of CSV: one header, one row a station."""

import csv
import io
from collections.abc import Generator, Sequence
from datetime import datetime

from apps.accounts.models import Actor
from apps.campaigns.models import Target
from apps.commands.models import CommandRow
from apps.domain.cells import Form
from apps.jobs.models import Job
from apps.jobs.selectors import commands_of, list_items, shown_state
from ocpp_platform.keyset import pages

COLUMNS = (
    "job_id", "station", "location", "state", "problem", "command_id", "command_state", "detail",
    "observed", "sent_at_utc", "answered_at_utc", "confirmed_at_utc",
)  # fmt: skip
_CELLS = Form()


def lines_of(actor: Actor, job: Job) -> Generator[str, None, None]:
    """Page by page, as far as the actor may see its stations."""
    yield _text([COLUMNS])
    for page in pages(list_items(actor, job)):
        commands = commands_of(page)
        yield _text([_line(job, item, commands.get(item.command_id or 0)) for item in page])


def _line(job: Job, item: Target, row: CommandRow | None) -> Sequence[str]:
    said = [
        item.station.identity, item.station.location.name,
        shown_state(item.state, item.outcome), item.problem, str(item.command_id or ""),
        *((row.state, row.detail, row.observed) if row else ("", "", "")),
    ]  # fmt: skip
    at = (row.sent_at, row.answered_at, row.confirmed_at) if row else (None, None, None)
    return [str(job.pk), *(_CELLS.text(cell) for cell in said), *map(_instant, at)]


def _instant(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def _text(rows: Sequence[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
