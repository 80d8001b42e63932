"""Forms of the commands about certificates and security profiles."""

from typing import Any

from django import forms

from apps.accounts.models import Actor
from apps.dashboard.forms.commands import CommandForm
from apps.domain import pki
from apps.domain.command import BadParameters, Command
from apps.pki.selectors import kinds_to_ask
from apps.stations.models import Station

_KINDS = (
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


class RenewForm(CommandForm):
    def command(self) -> Command:
        return pki.RenewCertificate()


class InstalledForm(CommandForm):
    kinds: tuple[str, ...] = ()

    def know(self, station: Station, actor: Actor) -> None:  # noqa: ARG002
        self.kinds = kinds_to_ask(station)

    def command(self) -> Command:
        return pki.GetInstalledCertificates(self.kinds)


class InstallForm(CommandForm):
    kind = forms.ChoiceField(choices=_KINDS)
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
        return pki.InstallCertificate(data["kind"], data["certificate"])


class ProfileForm(CommandForm):
    profile = forms.TypedChoiceField(choices=_PROFILES, coerce=int, label="Security profile")
    url = forms.CharField(
        max_length=512, required=False, label="Address of this platform",
        help_text="For OCPP 2.0.1: what the station shall dial, without its identity.",
    )  # fmt: skip
    slot = forms.IntegerField(min_value=0, initial=1, help_text="For OCPP 2.0.1.")

    def command(self) -> Command:
        data = self.cleaned_data
        return pki.SetSecurityProfile(data["profile"], data["url"], data["slot"])


FORMS: dict[str, type[CommandForm]] = {
    "renew_certificate": RenewForm,
    "get_installed_certificates": InstalledForm,
    "install_certificate": InstallForm,
    "set_security_profile": ProfileForm,
}
