"""The forms of jobs: how one is done, and what is done to the rows of stations."""

from typing import Any

from django import forms

from apps.accounts.models import Actor
from apps.dashboard.forms.commands import dress
from apps.jobs.services import MOST_AT_ONCE
from apps.stations.models import Location
from apps.stations.selectors import list_locations
from apps.stations.tag_words import LONGEST
from apps.stations.tags import list_tags

DEADLINES = (
    (600, "10 minutes"), (3_600, "1 hour"), (8 * 3_600, "8 hours"), (86_400, "1 day"),
    (7 * 86_400, "7 days"), (30 * 86_400, "30 days"),
)  # fmt: skip


class PlanForm(forms.Form):
    """``interrupts``: whether the order may interrupt somebody."""

    may_interrupt = forms.BooleanField(
        required=False,
        label="Interrupt cars that charge",
        help_text="Without it, stations where one charges are left out.",
    )
    parallel = forms.IntegerField(
        min_value=1, max_value=MOST_AT_ONCE, initial=20, label="At once",
        help_text="So many stations are under way at most.",
    )  # fmt: skip
    deadline_s = forms.TypedChoiceField(
        choices=DEADLINES, coerce=int, initial=3_600, label="Wait for those that are away",
        help_text="Who could not be told for so long is given up.",
    )  # fmt: skip

    def __init__(self, *args: Any, is_for_stations: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_for_stations:
            self.fields.clear()
        for field in self.fields.values():
            dress(field.widget)


class DeedForm(forms.Form):
    """What is done to the rows of stations. ``given``: its parameters."""

    reason = forms.CharField(max_length=200, required=False, help_text="Shown in the history.")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.know(actor)
        self.order_fields([name for name in self.fields if name != "reason"])
        for field in self.fields.values():
            dress(field.widget)

    def know(self, actor: Actor) -> None:
        """Offer what this actor has."""

    def given(self) -> dict[str, Any]:
        raise NotImplementedError


class TagForm(DeedForm):
    tag = forms.CharField(max_length=LONGEST)

    def know(self, actor: Actor) -> None:
        known = ", ".join(tag.word for tag in list_tags(actor)[:20])
        self.fields["tag"].help_text = f"In use: {known}." if known else "A word of your own."

    def given(self) -> dict[str, Any]:
        return {"tag": self.cleaned_data["tag"]}


class SiteForm(DeedForm):
    location = forms.ModelChoiceField(
        Location.objects.none(), label="To",
        help_text="Prices and times are those of the site from then on.",
    )  # fmt: skip

    def know(self, actor: Actor) -> None:
        self.fields["location"].queryset = list_locations(actor)  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        return {"location": self.cleaned_data["location"].pk}


DEED_FORMS: dict[str, type[DeedForm]] = {
    "add_tag": TagForm, "remove_tag": TagForm, "move_to_site": SiteForm,
}  # fmt: skip
