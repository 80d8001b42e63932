"""``docs/vendors.md`` as text: the shares, then a table for each group."""

from collections.abc import Iterable, Iterator

from tests.vendors.catalogue import GROUPS, HABITS
from tests.vendors.fields import FIELDS
from tests.vendors.habit import Group, Habit, Verdict

HEAD = """\
# Makers and their habits

Written by `python -m tests.vendors` from `tests/vendors/`; not to be changed by hand.

What chargers in the field are reported to do against the standard, or beside it, and what becomes
of it here. The reports are others'; firmware may have changed since. A habit is *covered* where the
named test shows it; *in part* says what is missing; *not for us* is what cannot arise here, or has
to be set right elsewhere. Every station is read tolerantly, whatever its make: most habits need no
rule of their own."""


def text() -> str:
    groups = (part for group in GROUPS for part in _group(group))
    parts = [HEAD, *_shares(), *groups, *_fields()]
    return "\n\n".join(parts) + "\n"


def counted(habits: Iterable[Habit]) -> dict[Verdict, int]:
    given = [habit.verdict for habit in habits]
    return {verdict: given.count(verdict) for verdict in Verdict}


def _shares() -> Iterator[str]:
    yield f"**{_share(HABITS)}**"
    rows = [(group.title, group.habits) for group in GROUPS] + [("all", HABITS)]
    head = ["| group | habits |", *(f" {verdict} |" for verdict in Verdict)]
    lines = ["".join(head), "|---|" + "--:|" * (len(Verdict) + 1)]
    for title, habits in rows:
        counts = " | ".join(str(count) for count in counted(habits).values())
        lines.append(f"| {title} | {len(habits)} | {counts} |")
    yield "\n".join(lines)


def _fields() -> Iterator[str]:
    yield "## What a profile can say"
    yield (
        "The members of a maker's `Profile` and its `Manner` (`apps/protocol/vendors`), and what"
        " takes their place where every station is met alike."
    )
    rows = [f"| {one.idea} | {_code(one.member)} | {one.how} |" for one in FIELDS]
    yield "\n".join(["| what | member | how |", "|---|---|---|", *rows])


def _group(group: Group) -> Iterator[str]:
    yield f"## {group.title}"
    yield _share(group.habits)
    head = [
        "| # | what the station does | verdict | how | test, or reason |",
        "|--:|---|---|---|---|",
    ]
    yield "\n".join([*head, *(_row(habit) for habit in group.habits)])


def _code(name: str) -> str:
    return f"`{name}`" if name else "–"


def _share(habits: tuple[Habit, ...]) -> str:
    counts = counted(habits)
    done, some = counts[Verdict.COVERED], counts[Verdict.IN_PART]
    return f"{done} of {len(habits)} covered ({done / len(habits):.0%}), {some} more in part."


def _row(habit: Habit) -> str:
    proof = "<br>".join(f"`tests/{node}`" for node in habit.proof)
    reason = f"Missing: {habit.why}" if proof and habit.why else habit.why
    shown = "<br>".join(filter(None, (proof, reason)))
    return f"| {habit.number} | {habit.what} | {habit.verdict} | {habit.how} | {shown} |"
