"""The form of a data transfer."""

from typing import Any

from django import forms

from apps.dashboard.forms.commands import CommandForm
from apps.domain.command import Command
from apps.domain.texts import Unreadable, parse_json
from apps.domain.transfers import MAX_MESSAGE, MAX_VENDOR, TransferData


class TransferForm(CommandForm):
    vendor_id = forms.CharField(
        label="Vendor",
        max_length=MAX_VENDOR,
        help_text="For example org.example; its maker says which.",
    )
    message_id = forms.CharField(label="Message", max_length=MAX_MESSAGE, required=False)
    text = forms.CharField(
        label="Data",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="A JSON object or list is sent as such where the version can; else as text.",
    )

    def command(self) -> Command:
        data = self.cleaned_data
        return TransferData(
            vendor_id=data["vendor_id"].strip(),
            message_id=data["message_id"].strip(),
            data=_meant(data["text"]),
        )


def _meant(text: str) -> Any:
    """JSON objects and lists as what they are, nothing as None, all else as text."""
    if not text.strip():
        return None
    try:
        value = parse_json(text)
    except Unreadable:
        return text
    return value if isinstance(value, dict | list) else text
