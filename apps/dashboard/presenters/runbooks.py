"""The runbooks of ``docs/runbooks`` as pages: their few forms of Markdown, and nothing else."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(settings.BASE_DIR) / "docs" / "runbooks"
_LINK = re.compile(r"\[([^\]]+)\]\(([a-z-]+)\.md\)")
_MARKS = (
    (re.compile(r"`([^`]+)`"), "code"),
    (re.compile(r"\*\*([^*]+)\*\*"), "strong"),
    (re.compile(r"\*([^*]+)\*"), "em"),
)
_STEP = re.compile(r"\d+\. ")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or the ``steps`` of a list."""

    text: SafeString
    steps: tuple[SafeString, ...] = ()


@dataclass(frozen=True, slots=True)
class Runbook:
    name: str
    title: str
    blocks: tuple[Block, ...]


def list_runbooks() -> list[Runbook]:
    """All there are, by title."""
    files = (path for path in FOLDER.glob("*.md") if path.stem != "README")
    return sorted((_read(path) for path in files), key=lambda one: one.title)


def find_runbook(name: str) -> Runbook | None:
    """The one of that name among those there are; None for any other word."""
    return next((one for one in list_runbooks() if one.name == name), None)


def _read(path: Path) -> Runbook:
    title, *parts = path.read_text(encoding="utf-8").strip().split("\n\n")
    return Runbook(path.stem, title.removeprefix("# "), tuple(_block(part) for part in parts))


def _block(part: str) -> Block:
    lines = part.splitlines()
    if not _STEP.match(lines[0]):
        return Block(_spans(" ".join(line.strip() for line in lines)))
    steps: list[str] = []
    for line in lines:
        if _STEP.match(line):
            steps.append(_STEP.sub("", line, count=1))
        else:
            steps[-1] += f" {line.strip()}"
    return Block(SafeString(""), tuple(_spans(step) for step in steps))


def _spans(text: str) -> SafeString:
    """Escaped first, so that only what is made here is markup."""
    made = str(escape(text))
    for mark, tag in _MARKS:
        made = mark.sub(rf"<{tag}>\1</{tag}>", made)
    return mark_safe(_LINK.sub(_anchor, made))  # noqa: S308


def _anchor(found: re.Match[str]) -> str:
    try:
        url = reverse("dashboard:runbook", args=[found[2]])
    except NoReverseMatch:
        return found[1]
    return format_html('<a href="{}">{}</a>', url, mark_safe(found[1]))  # noqa: S308
