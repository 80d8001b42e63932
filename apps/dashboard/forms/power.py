"""Forms for limits. They know the rules of charging profiles and say all that is broken."""

from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from apps.accounts.models import Actor
from apps.campaigns import calendar
from apps.campaigns.audience import Audience, group_of
from apps.campaigns.models import Campaign
from apps.campaigns.services import Time
from apps.dashboard.forms.commands import CommandForm
from apps.dashboard.forms.fields import InstantField
from apps.domain.command import BadParameters, Command
from apps.domain.instants import zone_named
from apps.domain.parameters import read
from apps.domain.power import (
    ClearChargingProfile,
    GetChargingProfiles,
    GetCompositeSchedule,
    SetChargingProfile,
)
from apps.domain.profiles import ABSOLUTE, MAX, RECURRING, RELATIVE, TX, TX_DEFAULT, Json
from apps.domain.texts import MAX_INT32, whole_number
from apps.power.planned import Limit, plan_limit
from apps.power.selectors import open_at
from apps.power.services import check

_WHOLE = ("0", "The whole station")
_MINUTE_S = 60
_PERIOD_PARTS = (2, 3)
_HOUR_S = 3600
_DAY_S = 86_400


class PowerForm(CommandForm):
    """Makes its command while it is checked, so that every problem shows in the form."""

    def _no_evse(self) -> list[tuple[str, str]]:
        return [_WHOLE]

    def given(self) -> tuple[type[Command], Json]:
        """Name and parameters of the command."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            try:
                self._command = read(*self.given())
                check(self.station, self._command)
            except BadParameters as error:
                raise forms.ValidationError(". ".join(error.problems) + ".") from error
        return self.cleaned_data

    def command(self) -> Command:
        return self._command


class LimitForm(PowerForm):
    """A charging profile. Times are those of the site; a TxProfile finds its session itself."""

    evse_id = forms.IntegerField(label="Where", min_value=0, required=False)
    purpose = forms.ChoiceField(
        label="What it limits",
        choices=[
            (TX_DEFAULT, "Every session, unless it has a limit of its own"),
            (MAX, "The station as a whole"),
            (TX, "The session that runs there now"),
        ],
    )
    kind = forms.ChoiceField(
        label="When",
        choices=[
            (ABSOLUTE, "From a moment on"),
            ("Daily", "Every day"),
            ("Weekly", "Every week"),
            (RELATIVE, "From the start of charging on"),
        ],
        help_text="Every day and every week count in UTC: they do not follow summer time.",
    )
    start_at = InstantField(
        label="Begins",
        required=False,
        help_text="Time of the site. Empty: now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    duration = forms.IntegerField(
        label="Lasts (minutes)", min_value=1, required=False, help_text="Empty: without end."
    )
    unit = forms.ChoiceField(
        label="Limits are in", choices=[("A", "A for each phase"), ("W", "W altogether")]
    )
    periods = forms.CharField(
        label="Limits",
        initial="0 16",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line: minute, limit, and if needed the number of phases. “0 16”, then"
        " “90 10 1” after an hour and a half.",
    )
    stack_level = forms.IntegerField(
        label="Stack level", min_value=0, initial=0, help_text="The higher level counts."
    )
    valid_to = InstantField(
        label="Valid until",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_periods(self) -> list[Json]:
        lines = [line.split() for line in self.cleaned_data["periods"].splitlines()]
        found = []
        for parts in filter(None, lines):
            try:
                found.append(_period(parts))
            except ValueError as error:
                said = f"“{' '.join(parts)}” is not a minute and a limit, like “0 16”."
                raise forms.ValidationError(said) from error
        return found

    def given(self) -> tuple[type[Command], Json]:
        evse_id = self.cleaned_data["evse_id"] or 0
        profile = self.profile()
        if profile["purpose"] == TX:
            profile["transaction_id"] = self._running(evse_id)
        return SetChargingProfile, {"evse_id": evse_id, "profile": profile}

    def profile(self) -> Json:
        data = self.cleaned_data
        is_recurring = data["kind"] not in (ABSOLUTE, RELATIVE)
        schedule: Json = {"unit": data["unit"], "periods": data["periods"]}
        if data["duration"]:
            schedule["duration_s"] = data["duration"] * _MINUTE_S
        if data["kind"] != RELATIVE and "start_at" in self.fields:
            schedule["start_at"] = self._instant(data["start_at"])
        profile: Json = {
            "purpose": data["purpose"],
            "kind": RECURRING if is_recurring else data["kind"],
            "stack_level": data["stack_level"],
            "schedules": [schedule],
        }
        if is_recurring:
            profile["recurrency"] = data["kind"]
        if data.get("valid_to"):
            profile["valid_to"] = self._instant(data["valid_to"])
        return profile

    def _instant(self, at: datetime | None) -> str:
        """As typed, in the zone of the site."""
        if at is None:
            return timezone.now().replace(microsecond=0).isoformat()
        zone: ZoneInfo = zone_named(self.station.location.timezone)
        return at.replace(tzinfo=zone).astimezone(UTC).isoformat()

    def _running(self, evse_id: int) -> str:
        found = [tx for tx, place in open_at(self.station.pk).items() if place == evse_id]
        if not found:
            raise BadParameters(["No session runs there now: a limit of its own needs one"])
        return found[-1]


class PlanForm(LimitForm):
    """A limit that goes out at its time, and begins then."""

    name = forms.CharField(max_length=100, label="Name", help_text="For example: evening peak.")
    reach = forms.ChoiceField(
        label="For",
        choices=[("station", "This station"), ("location", "Its site"),
                 ("group", "A group of stations"), ("all", "All stations")],
    )  # fmt: skip
    stations = forms.CharField(
        label="Stations of the group",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control mono"}),
        help_text="For a group: their identities, one a line.",
    )
    due_at = InstantField(
        label="Goes out",
        help_text="Time of the site, and the moment at which the limit begins.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    every = forms.ChoiceField(
        label="Again",
        required=False,
        choices=[
            (calendar.ONCE, "Once"),
            (calendar.DAILY, "Every day"),
            (calendar.WEEKLY, "Every week"),
        ],
        help_text="At the same local time, in summer and in winter.",
    )
    expires_h = forms.IntegerField(
        label="Waits for an offline station (hours)", min_value=1, max_value=8760, initial=24
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, danger=0, **kwargs)
        for name in ("start_at", "valid_to"):
            del self.fields[name]
        purposes, kinds = (cast(forms.ChoiceField, self.fields[n]) for n in ("purpose", "kind"))
        purposes.choices = [(TX_DEFAULT, "Every session, unless it has a limit of its own"),
                            (MAX, "The station as a whole")]  # fmt: skip
        kinds.choices = [(ABSOLUTE, "From the moment on that it goes out"),
                         (RELATIVE, "From the start of charging on")]  # fmt: skip
        kinds.help_text = ""
        self.order_fields(["name", "reach", "stations", "evse_id", "due_at", "every"])

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data

    def _audience(self, actor: Actor) -> Audience:
        station, names = self.station, self.cleaned_data["stations"].split()
        match self.cleaned_data["reach"]:
            case "station":
                return Audience(station=station)
            case "location":
                return Audience(location=station.location)
            case "group" if not names:
                raise BadParameters(["Name the stations of the group"])
            case "group":
                return Audience(group=group_of(actor, names))
        return Audience()

    def plan(self, *, actor: Actor, now: datetime) -> Campaign:
        """The campaign. Raises BadParameters with all that is wrong."""
        data, station = self.cleaned_data, self.station
        time = Time(
            due_at=datetime.fromisoformat(self._instant(data["due_at"])),
            every=data["every"],
            timezone=station.location.timezone,
            expires_s=data["expires_h"] * _HOUR_S,
        )
        return plan_limit(
            organisation_id=station.organisation_id,
            name=data["name"],
            limit=Limit(data["evse_id"] or 0, self.profile(), time),
            audience=self._audience(actor),
            actor=actor,
            now=now,
        )


class ClearForm(PowerForm):
    profile_id = forms.IntegerField(
        label="Profile", min_value=0, required=False, help_text="Its number. Empty: all of them."
    )

    def given(self) -> tuple[type[Command], Json]:
        return ClearChargingProfile, {"profile_id": self.cleaned_data["profile_id"]}


class ReadLimitsForm(PowerForm):
    def given(self) -> tuple[type[Command], Json]:
        return GetChargingProfiles, {}


class ScheduleForm(PowerForm):
    evse_id = forms.IntegerField(label="Of", min_value=0, required=False)

    def given(self) -> tuple[type[Command], Json]:
        asked = self.cleaned_data["evse_id"]
        initial = whole_number(str(self.initial.get("evse_id", "")), most=MAX_INT32) or 0
        evse_id = initial if asked is None else asked
        return GetCompositeSchedule, {"evse_id": evse_id, "duration_s": _DAY_S}


def _period(parts: list[str]) -> Json:
    if len(parts) not in _PERIOD_PARTS:
        raise ValueError(parts)
    numbers = [whole_number(part, most=MAX_INT32) for part in (parts[0], *parts[2:])]
    start_min, phases = numbers[0], numbers[1:]
    if start_min is None or None in phases:
        raise ValueError(parts)
    period: Json = {"start_s": start_min * _MINUTE_S, "limit": float(parts[1])}
    return period | ({"phases": phases[0]} if phases else {})
