"""Forms of stations, tokens, tariffs and their versions."""

from typing import Any

from django import forms
from django.utils import timezone

from apps.accounts.models import Actor
from apps.dashboard.forms.fields import InstantField
from apps.domain.password_rules import LONGEST, SHORTEST
from apps.stations.models import Location
from apps.stations.selectors import list_locations
from apps.stations.tag_words import cleaned
from apps.tariffs.models import Tariff, TariffVersion
from apps.tokens.models import Token
from apps.tokens.selectors import find_twin, taken


class Dressed:
    """Gives every widget the look of the house."""

    fields: dict[str, forms.Field]

    def dress(self) -> None:
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.CheckboxInput):
                widget.attrs.setdefault("class", "form-check-input")
            elif isinstance(widget, forms.Select):
                widget.attrs.setdefault("class", "form-select")
            else:
                widget.attrs.setdefault("class", "form-control")


class StationForm(Dressed, forms.Form):
    """Prices and times are those of its site: it is asked for wherever there are several."""

    identity = forms.CharField(
        max_length=48, help_text="Exactly as the charger names itself at the end of its URL."
    )
    location = forms.ModelChoiceField(Location.objects.none(), required=False, empty_label="—")
    password = forms.CharField(
        min_length=SHORTEST,
        max_length=LONGEST,
        required=False,
        help_text="16 to 40 characters; leave empty for none (security profile 0).",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = list_locations(actor)
        self.fields["location"].queryset = places  # type: ignore[attr-defined]
        self.fields["location"].required = places[1:].exists()
        if len(only := places[:2]) == 1:
            self.fields["location"].initial = only[0]
        self.dress()


class AliasesForm(Dressed, forms.Form):
    aliases = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        required=False,
        label="Other identities",
        help_text="One a line. Letter case does not matter.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()

    def clean_aliases(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["aliases"].splitlines() if line.strip()]


class TagsForm(Dressed, forms.Form):
    tags = forms.CharField(
        required=False,
        help_text="Words of your own, with commas between. Letter case does not matter.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()

    def clean_tags(self) -> list[str]:
        return cleaned(self.cleaned_data["tags"].split(","))


class TokenForm(Dressed, forms.ModelForm):
    class Meta:
        model = Token
        fields = (
            "uid",
            "type",
            "holder",
            "group",
            "contract_id",
            "status",
            "is_master_pass",
            "is_listed",
        )
        labels = {
            "is_master_pass": "Master pass: ends any session, begins none",
            "is_listed": "In local lists where only chosen tokens are",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()

    def clean_uid(self) -> str:
        uid: str = self.cleaned_data["uid"]
        twin = find_twin(self.instance.organisation_id, uid, but=self.instance.pk or 0)
        if twin is not None:
            raise forms.ValidationError(taken(twin))
        return uid


class TariffForm(Dressed, forms.ModelForm):
    class Meta:
        model = Tariff
        fields = ("name", "currency", "is_default", "locations")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = list_locations(actor)
        self.fields["locations"].queryset = places  # type: ignore[attr-defined]
        self.fields["is_default"].label = "Applies wherever no other does"
        self.dress()

    def clean_currency(self) -> str:
        currency = self.cleaned_data["currency"].upper()
        if len(currency) != 3 or not currency.isalpha():
            raise forms.ValidationError("Three letters, as ISO 4217 has them.")
        return currency


class VersionForm(Dressed, forms.ModelForm):
    class Meta:
        model = TariffVersion
        fields = ("valid_from", "energy_per_kwh", "time_per_hour", "flat", "vat_pct")
        labels = {
            "valid_from": "Valid from",
            "energy_per_kwh": "Per kWh, before VAT",
            "time_per_hour": "Per hour, before VAT",
            "flat": "Per session, before VAT",
            "vat_pct": "VAT in %",
        }
        field_classes = {"valid_from": InstantField}
        widgets = {"valid_from": forms.DateTimeInput(attrs={"type": "datetime-local"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        soon = timezone.localtime().replace(second=0, microsecond=0)
        self.fields["valid_from"].initial = soon.strftime("%Y-%m-%dT%H:%M")
        self.dress()
