"""API keys: what a program may do, where, until when, and for how long two secrets work."""

from typing import Any

from django import forms
from django.utils import timezone

from apps.accounts.keys import LONGEST_OVERLAP, check_end
from apps.dashboard.forms.fields import InstantField
from apps.dashboard.forms.people import MandateForm
from apps.dashboard.forms.records import Dressed

_PICKER = {"type": "datetime-local", "step": "1"}


class KeyForm(MandateForm):
    name = forms.CharField(max_length=100, help_text="What uses it.")
    expires_at = InstantField(
        required=False, label="Ends", help_text="Empty: never.",
        widget=forms.DateTimeInput(attrs=_PICKER, format="%Y-%m-%dT%H:%M:%S"),
    )  # fmt: skip
    field_order = ("name", "role", "reach", "sites", "expires_at")

    def clean(self) -> dict[str, Any] | None:
        if "expires_at" in self.changed_data:
            try:
                check_end(self.cleaned_data.get("expires_at"), timezone.now())
            except forms.ValidationError as wrong:
                self.add_error(None, wrong)
        return super().clean()

    @property
    def changes(self) -> dict[str, Any]:
        end = {"expires_at": self.cleaned_data["expires_at"]}
        changed = end if "expires_at" in self.changed_data else {}
        return {"name": self.cleaned_data["name"], **changed, **self.mandate}


class RotateForm(Dressed, forms.Form):
    until = InstantField(
        required=False, label="The secret until now works until",
        help_text=f"At most {LONGEST_OVERLAP.days} days from now. Empty: it ends at once.",
        widget=forms.DateTimeInput(attrs=_PICKER),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()
