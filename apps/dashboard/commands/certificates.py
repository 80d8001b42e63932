"""Certificates and security profiles."""

from apps.dashboard.commands.screen import Effect, Menu, Offer, Screen, of_the_system
from apps.dashboard.forms.certificates import InstalledForm, InstallForm, ProfileForm, RenewForm
from apps.domain.certificates import (
    DeleteCertificate,
    GetInstalledCertificates,
    InstallCertificate,
    InstallSignedCertificate,
    RenewCertificate,
)
from apps.domain.security import SetNetworkProfile, SetSecurityProfile

SCREENS = (
    Screen(
        command=RenewCertificate, form=RenewForm, tab="",
        offers=(
            Offer(
                label="Renew its certificate", icon="refresh-cw", danger=1,
                help="The station makes a new key and asks for it to be certified.",
                preset={}, effect=Effect.NONE, places=(Menu.SECURITY,),
            ),
        ),
    ),
    Screen(
        command=GetInstalledCertificates, form=InstalledForm, tab="",
        offers=(
            Offer(
                label="Read what is installed", icon="list-filter", danger=0,
                help="The certificates that the station holds.",
                preset={}, effect=Effect.NONE, places=(Menu.SECURITY,),
            ),
        ),
    ),
    Screen(
        command=InstallCertificate, form=InstallForm, tab="",
        offers=(
            Offer(
                label="Install a root…", icon="plus", danger=2,
                help="Whom it trusts.",
                preset={}, effect=Effect.NONE, places=(Menu.SECURITY,),
            ),
        ),
    ),
    Screen(
        command=SetSecurityProfile, form=ProfileForm, tab="",
        offers=(
            Offer(
                label="Change the security profile…", icon="lock", danger=2,
                help="It restarts, and may stay away if its settings are wrong.",
                preset={}, effect=Effect.NONE, places=(Menu.SECURITY,),
            ),
        ),
    ),
    of_the_system(DeleteCertificate),
    of_the_system(InstallSignedCertificate),
    of_the_system(SetNetworkProfile),
)  # fmt: skip
