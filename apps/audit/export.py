"""What was done as CSV: one header, one row a fact, the newest first, as the page has them."""

import csv
import json
from collections.abc import Generator, Iterator
from datetime import datetime
from io import StringIO
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from apps.accounts.models import Actor
from apps.audit.selectors import AuditFilter, Entry, entries_of, list_audit
from apps.domain.cells import Form
from apps.history.kinds import AUDIT_EXPORTED
from apps.history.models import Fact
from apps.history.services import record
from ocpp_platform.cursors import pieces_of

COLUMNS = (
    "fact_id", "at_utc", "at_local", "timezone", "done", "about_kind", "about_id", "about",
    "station", "by_kind", "by_id", "by", "reason", "changes", "details", "answer",
)  # fmt: skip
_PIECE = 500


@transaction.atomic
def export(
    actor: Actor, wanted: AuditFilter, *, query: str, zone: ZoneInfo, now: datetime, form: Form
) -> Generator[str, None, None]:
    """The file of all facts of the filter. ``query``: the filter as it was asked.

    Who took it is written down, and stands in the next one.
    """
    record(
        AUDIT_EXPORTED, actor=actor, organisation_id=actor.organisation_id,
        subject=(actor.organisation_id, actor.organisation.name),
        details={"filter": query[:1_000]}, now=now,
    )  # fmt: skip
    return _stream(actor, wanted, zone, form)


def _stream(
    actor: Actor, wanted: AuditFilter, zone: ZoneInfo, form: Form
) -> Generator[str, None, None]:
    """In pieces; memory stays flat however many facts there are."""
    yield form.head + _written([COLUMNS], form)
    facts = list_audit(actor, wanted).order_by("-at", "-id")
    with pieces_of(facts, _PIECE) as found:
        while piece := list(islice(found, _PIECE)):
            yield _written((_cells(one, zone, form) for one in entries_of(actor, piece)), form)


def _cells(entry: Entry, zone: ZoneInfo, form: Form) -> Iterator[str]:
    fact: Fact = entry.fact
    answer = entry.command.get_state_display() if entry.command else ""
    yield str(fact.pk)
    yield _rfc(fact.at)
    yield fact.at.astimezone(zone).isoformat(timespec="seconds")
    yield str(zone)
    for text in (fact.kind, fact.subject_kind):
        yield form.text(text)
    yield str(fact.subject_id or "")
    for text in (fact.subject_label, entry.station, fact.actor_kind):
        yield form.text(text)
    yield str(fact.actor_id or "")
    for text in (
        fact.actor_label, fact.reason, _json(entry.changes), _json(entry.details), answer,
    ):  # fmt: skip
        yield form.text(text)


def _rfc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""


def _written(rows: Any, form: Form) -> str:
    lines = StringIO()
    csv.writer(lines, delimiter=form.separator).writerows(rows)
    return lines.getvalue()
