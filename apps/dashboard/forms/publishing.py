"""The forms of firmware that a local controller publishes."""

from typing import Any

from django import forms

from apps.dashboard.forms.commands import CommandForm
from apps.domain.command import BadParameters, Command
from apps.domain.publishing import MAX_LOCATION, PublishFirmware, UnpublishFirmware

_CHECKSUM = "MD5 of the file: 32 hexadecimal digits."


class PublishForm(CommandForm):
    location = forms.URLField(
        label="Where the file is", max_length=MAX_LOCATION, assume_scheme="https",
        help_text="An address that the controller can reach.",
    )  # fmt: skip
    checksum = forms.CharField(max_length=32, help_text=_CHECKSUM)
    retries = forms.IntegerField(label="Retries", min_value=0, max_value=100, required=False)

    def clean(self) -> dict[str, Any]:
        return _checked(self)

    def command(self) -> Command:
        data = self.cleaned_data
        return PublishFirmware(data["location"], data["checksum"].strip(), data["retries"])


class UnpublishForm(CommandForm):
    checksum = forms.CharField(max_length=32, help_text=_CHECKSUM)

    def clean(self) -> dict[str, Any]:
        return _checked(self)

    def command(self) -> Command:
        return UnpublishFirmware(self.cleaned_data["checksum"].strip())


def _checked(form: CommandForm) -> dict[str, Any]:
    """What a command refuses is said here, at its field."""
    if not form.errors:
        try:
            form.command()
        except BadParameters as error:
            form.add_error("checksum", [f"{problem}." for problem in error.problems])
    return form.cleaned_data
