"""What people do about incidents, and when there is maintenance."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from apps.accounts.models import Actor, User
from apps.dashboard.forms.fields import InstantField
from apps.dashboard.forms.records import Dressed
from apps.incidents.causes import SEVERITIES
from apps.incidents.models import Channel
from apps.incidents.selectors import list_people
from apps.stations.models import Location, Station
from apps.stations.selectors import list_locations, list_stations

LONGEST = timedelta(days=90)
_FOR = {"1": "1 hour", "4": "4 hours", "24": "a day", "168": "a week"}


class AssignForm(Dressed, forms.Form):
    to = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="nobody")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = list_people(actor)  # type: ignore[attr-defined]
        self.dress()


class SnoozeForm(Dressed, forms.Form):
    hours = forms.ChoiceField(label="For", choices=list(_FOR.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()

    @property
    def span(self) -> timedelta:
        return timedelta(hours=int(self.cleaned_data["hours"]))


class WordsForm(Dressed, forms.Form):
    """A note, or why an incident is closed."""

    text = forms.CharField(label="In words", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


class MaintenanceForm(Dressed, forms.Form):
    location = forms.ModelChoiceField(Location.objects.none(), label="Site")
    station = forms.CharField(
        label="Station", required=False, max_length=48, help_text="Empty: the whole site."
    )
    begins_at = InstantField(label="Begins")
    ends_at = InstantField(label="Ends")
    reason = forms.CharField(label="What is done", max_length=200)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor = actor
        self.fields["location"].queryset = list_locations(actor)  # type: ignore[attr-defined]
        self.dress()

    def clean_station(self) -> Station | None:
        identity = self.cleaned_data["station"].strip()
        if not identity:
            return None
        found = list_stations(self._actor).filter(identity=identity).first()
        if found is None:
            raise forms.ValidationError("There is no station of this identity.")
        return found

    def clean(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        station, location = given.get("station"), given.get("location")
        if station is not None and location is not None and station.location_id != location.pk:
            self.add_error("station", "It is not at this site.")
        begins_at, ends_at = given.get("begins_at"), given.get("ends_at")
        if begins_at is not None and ends_at is not None:
            self._check_times(begins_at, ends_at)
        return given

    def _check_times(self, begins_at: Any, ends_at: Any) -> None:
        if ends_at <= begins_at:
            self.add_error("ends_at", "It must end after it begins.")
        elif ends_at <= timezone.now():
            self.add_error("ends_at", "It is over already.")
        elif ends_at - begins_at > LONGEST:
            self.add_error("ends_at", "Work takes 90 days at most; plan the rest later.")


class RuleForm(Dressed, forms.Form):
    """Who is told, of what, and how."""

    name = forms.CharField(max_length=60)
    channel = forms.ChoiceField(choices=Channel.choices)
    to = forms.CharField(
        max_length=500, help_text="E-mail: addresses, with commas. Webhook: one http(s) address."
    )
    least = forms.ChoiceField(
        label="From", choices=[(s.value, s.value) for s in SEVERITIES], initial="major",
        help_text="What is less severe is not told.",
    )  # fmt: skip
    location = forms.ModelChoiceField(
        Location.objects.none(), label="Site", required=False, empty_label="every site"
    )
    tells_end = forms.BooleanField(label="Also when it is over", required=False, initial=True)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = list_locations(actor)  # type: ignore[attr-defined]
        self.dress()
