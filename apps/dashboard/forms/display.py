"""The forms of what a station shows, as far as its display can show it."""

from datetime import UTC, datetime
from typing import cast

from django import forms

from apps.accounts.models import Actor
from apps.dashboard.forms.commands import CommandForm
from apps.dashboard.forms.fields import InstantField
from apps.display import selectors
from apps.display.models import DisplayMessage
from apps.domain import display
from apps.domain.command import Command
from apps.sessions.selectors import list_running

_WHEN = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
_PRIORITIES = {
    "AlwaysFront": "Always in front: nothing else is shown",
    "InFront": "In front: before all others",
    "NormalCycle": "In turn with the others",
}
_FORMATS = {
    "ASCII": "Plain text (ASCII)", "UTF8": "Text (UTF-8)", "HTML": "HTML",
    "URI": "An address that the display opens",
}  # fmt: skip
_STATES = {
    "Charging": "it charges", "Faulted": "it is faulted", "Idle": "it is idle",
    "Unavailable": "it is out of service",
}  # fmt: skip


class SetMessageForm(CommandForm):
    """``message_id`` names what is replaced; empty, the message gets a number of its own."""

    content = forms.CharField(
        label="Message",
        max_length=display.MAX_CONTENT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    format = forms.ChoiceField(label="Written as", initial="UTF8")
    language = forms.CharField(
        max_length=display.MAX_LANGUAGE, required=False, help_text="For example en or nl-BE."
    )
    priority = forms.ChoiceField(initial="NormalCycle")
    state = forms.ChoiceField(label="Only while", required=False)
    transaction_id = forms.ChoiceField(label="Only for the session", required=False)
    starts_at = InstantField(
        label="From", required=False, widget=_WHEN, help_text="Empty: at once."
    )
    ends_at = InstantField(
        label="Until", required=False, widget=_WHEN, help_text="Empty: until it is cleared."
    )
    message_id = forms.ChoiceField(label="In place of", required=False)

    def know(self, actor: Actor) -> None:
        """Offer only what this station's display can show."""
        station = self.station
        able = selectors.supported_by(station)
        self._offer("format", _some(_FORMATS, able.formats))
        self._offer("priority", _some(_PRIORITIES, able.priorities))
        self._offer("state", [("", "Whatever it does"), *_some(_STATES, able.states)])
        running = list_running(actor, [station.pk])
        sessions = [
            (s.transaction_id, f"{s.transaction_id[:12]} on EVSE {s.evse_id}") for s in running
        ]
        self._offer("transaction_id", [("", "Any"), *sessions])
        shown = selectors.list_messages(actor, station, "accepted")
        self._offer("message_id", [("", "None: a message of its own"), *map(_named, shown)])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def command(self) -> Command:
        data = self.cleaned_data
        return display.SetDisplayMessage(
            content=data["content"],
            message_id=int(data["message_id"] or 0),
            format=data["format"],
            language=data["language"].strip(),
            priority=data["priority"],
            state=data["state"],
            starts_at=_written(data["starts_at"]),
            ends_at=_written(data["ends_at"]),
            transaction_id=data["transaction_id"],
        )


class GetMessagesForm(CommandForm):
    def command(self) -> Command:
        return display.GetDisplayMessages()


class ClearMessageForm(CommandForm):
    message_id = forms.IntegerField(label="Message", min_value=0, max_value=display.MAX_NUMBER)

    def command(self) -> Command:
        return display.ClearDisplayMessage(self.cleaned_data["message_id"])


def _some(words: dict[str, str], supported: tuple[str, ...]) -> list[tuple[str, str]]:
    """Those that the station supports; all, where it did not say."""
    return [(key, word) for key, word in words.items() if not supported or key in supported]


def _named(message: DisplayMessage) -> tuple[str, str]:
    return str(message.number), f"No. {message.number}: {message.content[:40]}"


def _written(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
