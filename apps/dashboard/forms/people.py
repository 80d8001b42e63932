"""Who is invited, what people may do and where, and how somebody becomes one of them."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)

from apps.accounts.models import Actor, Mandate, Organisation, User
from apps.accounts.people import NOT_LIMITED
from apps.accounts.roles import Role
from apps.dashboard.forms.records import Dressed
from apps.stations.models import Location
from apps.stations.selectors import list_locations


@cache
def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]


_REACH = (("all", "The whole organisation"), ("some", "Only some sites"))


class MandateForm(Dressed, forms.Form):
    """A role, and where it holds; ``mandate`` is what they come to."""

    role = forms.ChoiceField(choices=[(r.value, r.value.capitalize()) for r in Role])
    reach = forms.ChoiceField(choices=_REACH, label="Where", initial="all")
    sites = forms.ModelMultipleChoiceField(
        Location.objects.none(), required=False, label="Sites",
        help_text="Several with Ctrl or Cmd. They count where only some are meant.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, actor: Actor, mandate: Mandate | None = None, **kwargs: Any
    ) -> None:
        if mandate is not None:
            known = {"role": mandate.role, "reach": "some" if mandate.is_limited else "all"}
            kwargs["initial"] = {
                **known, "sites": mandate.site_ids or [], **kwargs.get("initial", {})
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["sites"].queryset = list_locations(actor)  # type: ignore[attr-defined]
        self.dress()

    def clean(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        is_limited = given.get("reach") == "some"
        if is_limited and given.get("role") == Role.ADMIN:
            self.add_error("reach", NOT_LIMITED)
        elif is_limited and not given.get("sites") and "sites" not in self.errors:
            self.add_error("sites", "Choose at least one.")
        return given

    @property
    def mandate(self) -> dict[str, Any]:
        given = self.cleaned_data
        site_ids = sorted(site.pk for site in given["sites"]) if given["reach"] == "some" else None
        return {"role": given["role"], "site_ids": site_ids}


class InviteForm(MandateForm):
    email = forms.EmailField(
        required=False, label="E-mail", help_text="Where the invitation is sent, if it is."
    )
    field_order = ("email", "role", "reach", "sites")


class PersonForm(MandateForm):
    first_name = forms.CharField(max_length=150, required=False, label="First name")
    last_name = forms.CharField(max_length=150, required=False, label="Last name")
    email = forms.EmailField(required=False, label="E-mail")
    field_order = ("first_name", "last_name", "email", "role", "reach", "sites")

    @property
    def changes(self) -> dict[str, Any]:
        names = {name: self.cleaned_data[name] for name in ("first_name", "last_name", "email")}
        return names | self.mandate


class NewPassword(Dressed, forms.Form):
    """A password, twice; ``person`` is who must not be found in it."""

    new_password = forms.CharField(
        label="New password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label="The same again", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["new_password"].help_text = " ".join(password_validators_help_texts())
        self.dress()

    def clean(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        password, again = given.get("new_password"), given.get("again")
        if password is not None and again is not None and password != again:
            self.add_error("again", "This is not the same.")
        elif password is not None:
            self._check(password)
        return given

    def _check(self, password: str) -> None:
        try:
            validate_password(password, self.person)
        except forms.ValidationError as weak:
            self.add_error("new_password", weak)


class AcceptForm(NewPassword):
    """How somebody who was invited is called here, and the password."""

    username = forms.CharField(
        max_length=150, label="Name to log in with",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )  # fmt: skip
    first_name = forms.CharField(max_length=150, required=False, label="First name")
    last_name = forms.CharField(max_length=150, required=False, label="Last name")
    field_order = ("username", "first_name", "last_name", "new_password", "again")

    def clean(self) -> dict[str, Any] | None:
        for name in ("username", "first_name", "last_name"):
            setattr(self.person, name, self.cleaned_data.get(name, ""))
        return super().clean()


class ProfileForm(Dressed, forms.Form):
    """What a person says of himself."""

    first_name = forms.CharField(max_length=150, required=False, label="First name")
    last_name = forms.CharField(max_length=150, required=False, label="Last name")
    email = forms.EmailField(required=False, label="E-mail")
    timezone = forms.ChoiceField(
        required=False, label="Time zone", help_text="All times are shown in it."
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_all = ("", f"As the organisation ({organisation.timezone})")
        self.fields["timezone"].choices = [as_all, *_zones()]  # type: ignore[attr-defined]
        self.dress()


class OwnPassword(NewPassword):
    old_password = forms.CharField(
        label="Password until now",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old_password", "new_password", "again")

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if not self.person.check_password(old):
            raise forms.ValidationError("This is not your password.")
        return old
