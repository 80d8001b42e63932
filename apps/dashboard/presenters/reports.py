"""A report in words: what was asked, how far it is, what it told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.device import assembly, reports
from apps.device.assembly import Kind, State
from apps.device.models import Report

_CHIPS = {
    State.ASKED: ("plugged", "clock", "Asked for"),
    State.RECEIVING: ("plugged", "loader", "Coming in"),
    State.COMPLETE: ("ok", "check", "Complete"),
    State.EMPTY: ("offline", "circle-slash", "Nothing to tell"),
    State.INCOMPLETE: ("paused", "triangle-alert", "Incomplete"),
}
_ERASED = ("ok", "eraser", "Erased")
_BASES = {"full": "Everything", "configuration": "What can be set", "summary": "What goes wrong"}


@dataclass(frozen=True, slots=True)
class ReportLine:
    """``text``: what was told of a customer; None where it is hidden from the reader."""

    report: Report
    chip: tuple[str, str, str]
    asked: str
    progress: str
    text: str | None = None


def report_line(report: Report, now: datetime, *, sees_customers: bool) -> ReportLine:
    is_customer = report.kind == Kind.CUSTOMER
    chip = _CHIPS[State(report.state)]
    if is_customer and report.state == State.EMPTY and report.asked.get("clear"):
        chip = _ERASED
    return ReportLine(
        report=report,
        chip=chip,
        asked=_customer(report, now, sees=sees_customers) if is_customer else _asked(report.asked),
        progress=_progress(report),
        text=report.text if is_customer and sees_customers else None,
    )


def _asked(asked: dict[str, Any]) -> str:
    if "base" in asked:
        return _BASES.get(asked["base"], asked["base"])
    parts = [", ".join(asked.get("criteria", ()))]
    parts += [_named(item) for item in asked.get("variables", ())[:3]]
    return " · ".join(filter(None, parts)) or "Everything"


def _named(item: dict[str, Any]) -> str:
    component, variable = item.get("component", {}), item.get("variable", {})
    evse = component.get("evse", {}).get("id")
    place = f"{component.get('name', '')} {evse}" if evse else component.get("name", "")
    return " ".join(filter(None, (place, variable.get("name", ""))))


def _customer(report: Report, now: datetime, *, sees: bool) -> str:
    if not report.asked:
        is_old = report.begun_at <= now - reports.KEPT_FOR
        return "Forgotten after 30 days" if is_old else "Nobody asked for it"
    asked = report.asked
    what = "Tell" if asked.get("report") else ""
    what += (" and erase" if what else "Erase") if asked.get("clear") else ""
    whom = asked.get("token") or asked.get("customer")
    if whom:
        return f"{what}: {whom if sees else '•••'}"
    return f"{what}: by certificate"


def _progress(report: Report) -> str:
    known = report.assembly
    if report.state == State.INCOMPLETE:
        return assembly.lack(known)
    if report.state == State.COMPLETE:
        return reports.words([report])
    return f"{known.parts} part{'' if known.parts == 1 else 's'} so far" if known.seqs else ""
