"""Messages on a station's display: what we want it to show, and what it says that it shows.

Instants are RFC 3339 text with a zone in commands, aware datetimes in what stations report.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from apps.domain.addresses import address_problems
from apps.domain.command import BadParameters, Command, Declaration, WhilePending, always, check
from apps.domain.confirmation import (
    LASTING_S,
    NOT_LATE_S,
    ByAnswer,
    ByEvent,
    ByReport,
    Followed,
    never,
)
from apps.domain.events import Event
from apps.domain.instants import instant_problems
from apps.domain.parameters import OneOf
from apps.domain.permissions import Permission

PRIORITIES = ("AlwaysFront", "InFront", "NormalCycle")
STATES = ("Charging", "Faulted", "Idle", "Unavailable")
FORMATS = ("ASCII", "UTF8", "HTML", "URI")
MAX_CONTENT = 512
MAX_LANGUAGE = 8
MAX_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Displayed:
    """One message as a station reports it."""

    number: int
    priority: str
    format: str
    content: str
    language: str = ""
    state: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    transaction_id: str = ""
    display: str = ""


@dataclass(frozen=True, slots=True)
class DisplayReported(Event):
    """A part of what was asked for; parts carry no number, so each stands for itself."""

    request_id: int
    is_last: bool
    messages: tuple[Displayed, ...] = ()


def _is_shown(command: Followed, event: DisplayReported) -> str:
    """The report that follows the order has the message under its number, as it was set."""
    wanted = (command.parameters["message_id"], command.as_kept(command.parameters["content"]))
    seen = [(shown.number, command.as_kept(shown.content)) for shown in event.messages]
    return "Read back as set" if wanted in seen else ""


@dataclass(frozen=True, slots=True)
class SetDisplayMessage(Command):
    """Show ``content``; the same ``message_id`` again replaces it (2.0.1 O01, O02, O06).

    ``message_id`` 0 is given by the system. ``state`` "": whatever the station does.
    ``transaction_id``: only while that session runs. ``display``: a ComponentType of 2.0.1.
    """

    declared = Declaration(
        name="set_display_message", noun="Set display message", title=always("Set display message"),
        permission=Permission.OPERATE,
        confirmed_by=ByEvent(
            awaits="the message to be read back", patience_s=None, late_s=LASTING_S,
            is_answer_enough=never,
            signs=(DisplayReported,),
            shows=_is_shown,
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    content: str
    message_id: int = 0
    format: Annotated[str, OneOf(FORMATS)] = "UTF8"
    language: str = ""
    priority: Annotated[str, OneOf(PRIORITIES)] = "NormalCycle"
    state: str = ""
    starts_at: str = ""
    ends_at: str = ""
    transaction_id: str = ""
    display: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        problems = instant_problems(starts_at=self.starts_at, ends_at=self.ends_at)
        if not problems and self.starts_at and self.ends_at:
            begins, ends = map(datetime.fromisoformat, (self.starts_at, self.ends_at))
            problems += [] if begins < ends else ["'ends_at' must lie after 'starts_at'"]
        problems += _choice_problems(
            ("format", self.format, FORMATS),
            ("priority", self.priority, PRIORITIES),
            ("state", self.state, ("", *STATES)),
        )
        problems += _size_problems(self)
        check(problems)


@dataclass(frozen=True, slots=True)
class GetDisplayMessages(Command):
    """Have the station report what it shows: all, or what fits every criterion (O03, O04)."""

    declared = Declaration(
        name="get_display_messages", noun="Get display messages",
        title=always("Get display messages"),
        permission=Permission.HELP_DRIVER,
        confirmed_by=ByReport(
            awaits="the report", patience_s=None, late_s=NOT_LATE_S,
            is_answer_enough=never,
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    ids: tuple[int, ...] = ()
    priority: str = ""
    state: str = ""

    def __post_init__(self) -> None:
        problems = list(
            _choice_problems(
                ("priority", self.priority, ("", *PRIORITIES)), ("state", self.state, ("", *STATES))
            )
        )
        if any(number > MAX_NUMBER for number in self.ids):
            problems.append(f"'ids' are at most {MAX_NUMBER}")
        check(problems)


@dataclass(frozen=True, slots=True)
class ClearDisplayMessage(Command):
    """The station shows it no more (O05)."""

    declared = Declaration(
        name="clear_display_message", noun="Clear display message",
        title=always("Clear display message"),
        permission=Permission.OPERATE, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    message_id: int

    def __post_init__(self) -> None:
        if self.message_id > MAX_NUMBER:
            raise BadParameters([f"'message_id' is at most {MAX_NUMBER}"])


def display_name(component: Mapping[str, Any] | None) -> str:
    """A ComponentType in words: "Display", "Display left, EVSE 2"; "" for none."""
    if not component:
        return ""
    name = " ".join(filter(None, (str(component["name"]), str(component.get("instance", "")))))
    evse = component.get("evse") or {}
    return f"{name}, EVSE {evse['id']}" if "id" in evse else name


def _choice_problems(*choices: tuple[str, str, tuple[str, ...]]) -> Iterator[str]:
    for name, given, known in choices:
        if given not in known:
            yield f"{name!r} must be one of {', '.join(filter(None, known))}"


def _size_problems(command: SetDisplayMessage) -> Iterator[str]:
    if not command.content.strip():
        yield "'content' says what is shown; it cannot be empty"
    elif command.format == "URI":
        yield from address_problems(content=command.content)
    if len(command.content) > MAX_CONTENT:
        yield f"'content' has at most {MAX_CONTENT} characters"
    if len(command.language) > MAX_LANGUAGE:
        yield f"'language' has at most {MAX_LANGUAGE} characters, like en-GB"
    if command.message_id > MAX_NUMBER:
        yield f"'message_id' is at most {MAX_NUMBER}"
    if command.format == "ASCII" and not command.content.isascii():
        yield "'content' has characters that ASCII does not know; choose UTF8"
    if command.display is not None and not isinstance(command.display.get("name"), str):
        yield "'display' must be an object with a 'name'"
