"""The forms of firmware and logs."""

from datetime import UTC, datetime

from django import forms

from apps.dashboard.forms.commands import CommandForm
from apps.dashboard.forms.fields import InstantField
from apps.domain.commands import Command
from apps.domain.maintenance import GetLog, UpdateFirmware

_WHEN = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class FirmwareForm(CommandForm):
    location = forms.URLField(
        label="Where the file is",
        max_length=512,
        assume_scheme="https",
        help_text="An address that the station can reach.",
    )
    retrieve_at = InstantField(
        label="Fetch it", required=False, widget=_WHEN, help_text="Empty: at once."
    )
    install_at = InstantField(
        label="Install it", required=False, widget=_WHEN, help_text="Empty: once it is there."
    )
    signing_certificate = forms.CharField(
        label="Signing certificate (PEM)",
        max_length=5500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="With a signature, the station checks the file before it installs it.",
    )
    signature = forms.CharField(label="Signature (Base64)", max_length=800, required=False)

    def clean(self) -> dict[str, object]:
        data = self.cleaned_data
        if bool(data.get("signing_certificate")) != bool(data.get("signature")):
            self.add_error("signature", "Give the certificate and the signature, or neither.")
        return data

    def command(self) -> Command:
        data = self.cleaned_data
        return UpdateFirmware(
            location=data["location"],
            retrieve_at=_written(data["retrieve_at"]) or "",
            install_at=_written(data["install_at"]),
            signing_certificate=data["signing_certificate"] or None,
            signature=data["signature"] or None,
        )


class LogForm(CommandForm):
    kind = forms.ChoiceField(
        label="What", choices=[("diagnostics", "Diagnostics"), ("security", "Security log")]
    )
    oldest_at = InstantField(label="From", required=False, widget=_WHEN)
    latest_at = InstantField(label="To", required=False, widget=_WHEN)
    location = forms.CharField(
        label="Send it to",
        max_length=512,
        required=False,
        help_text="Empty: to us; the file then appears here.",
    )

    def command(self) -> Command:
        data = self.cleaned_data
        return GetLog(
            kind=data["kind"],
            location=data["location"].strip(),
            oldest_at=_written(data["oldest_at"]),
            latest_at=_written(data["latest_at"]),
        )


def _written(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
