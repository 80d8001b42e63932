"""Forms of the commands about certificates and security profiles."""

from typing import Any

from django import forms

from apps.certificates.selectors import kinds_to_ask
from apps.dashboard.forms.commands import CommandForm
from apps.dashboard.forms.records import Dressed
from apps.domain import certificates, security
from apps.domain.command import BadParameters, Command
from apps.domain.password_rules import LONGEST, SHORTEST

KINDS = (
    ("csms_root", "Root of our servers"),
    ("manufacturer_root", "Root of the manufacturer"),
    ("v2g_root", "V2G root"),
    ("mo_root", "Root of mobility operators"),
)
_PROFILES = (
    (1, "1: password"),
    (2, "2: password within TLS"),
    (3, "3: client certificate"),
)


class PasswordForm(Dressed, forms.Form):
    password = forms.CharField(
        min_length=SHORTEST, max_length=LONGEST, required=False, strip=False,
        help_text="What the charger is set to: 16 to 40 characters. Left empty, one is made.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


class RenewForm(CommandForm):
    def command(self) -> Command:
        return certificates.RenewCertificate()


class InstalledForm(CommandForm):
    kinds: tuple[str, ...] = ()

    def command(self) -> Command:
        return certificates.GetInstalledCertificates(kinds_to_ask(self.station))


class RootForm(Dressed, forms.Form):
    """A root of drivers' contracts that is to be trusted."""

    certificate = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 8}), help_text="One certificate, PEM."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


class InstallForm(CommandForm):
    kind = forms.ChoiceField(choices=KINDS)
    certificate = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 8}), help_text="One certificate, PEM."
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if {"kind", "certificate"} <= data.keys():
            try:
                self.command()
            except BadParameters as error:
                raise forms.ValidationError(error.problems) from error
        return data

    def command(self) -> Command:
        data = self.cleaned_data
        return certificates.InstallCertificate(data["kind"], data["certificate"])


class ProfileForm(CommandForm):
    profile = forms.TypedChoiceField(choices=_PROFILES, coerce=int, label="Security profile")
    url = forms.CharField(
        max_length=512, required=False, label="Address of this platform",
        help_text="For OCPP 2.0.1: the address to connect to, without the identity.",
    )  # fmt: skip
    slot = forms.IntegerField(min_value=0, initial=1, help_text="For OCPP 2.0.1.")

    def command(self) -> Command:
        data = self.cleaned_data
        return security.SetSecurityProfile(data["profile"], data["url"], data["slot"])
