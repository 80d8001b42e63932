"""What proves a person besides the password, and the password where that is changed."""

from typing import Any

from django import forms

from apps.accounts.models import User
from apps.dashboard.forms.records import Dressed

_ONE_TIME = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class PasswordForm(Dressed, forms.Form):
    """``person`` shows that it is really he who sits there."""

    password = forms.CharField(
        label="Your password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person
        self.dress()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self._person.check_password(password):
            raise forms.ValidationError("This is not your password.")
        return password


class TurnOnForm(PasswordForm):
    code = forms.CharField(
        max_length=20, label="Code that the app shows",
        widget=forms.TextInput(attrs={**_ONE_TIME, "inputmode": "numeric"}),
    )  # fmt: skip
    field_order = ("code", "password")


class CodeForm(Dressed, forms.Form):
    code = forms.CharField(
        max_length=40, label="Code",
        help_text="Six digits that your app shows, or one of your recovery codes.",
        widget=forms.TextInput(attrs={**_ONE_TIME, "autofocus": True}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()
