"""Forms about local lists, reservations and the rules of tokens."""

from datetime import UTC, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone

from apps.dashboard.forms.commands import CommandForm
from apps.dashboard.forms.records import Dressed
from apps.domain.authorization import ClearCache, GetLocalListVersion, SendLocalList
from apps.domain.commands import Command
from apps.domain.reservations import CancelReservation, ReserveNow
from apps.lists.models import ListPolicy, Scope
from apps.reservations.life import CONNECTOR_TYPES
from apps.tokens.models import TokenPolicy

_MOST_MINUTES = 24 * 60


class ListForm(CommandForm):
    mode = forms.ChoiceField(
        label="What",
        choices=[("auto", "What it lacks"), ("full", "All of it"), ("empty", "An empty list")],
    )

    def command(self) -> Command:
        mode = self.cleaned_data["mode"]
        return SendLocalList("full", entries=()) if mode == "empty" else SendLocalList(mode)


class ListVersionForm(CommandForm):
    def command(self) -> Command:
        return GetLocalListVersion()


class ClearCacheForm(CommandForm):
    def command(self) -> Command:
        return ClearCache()


class ReserveForm(CommandForm):
    token = forms.CharField(max_length=36, label="For", help_text="Card, app or contract id.")
    evse_id = forms.IntegerField(label="Where", min_value=1, required=False)
    connector_type = forms.ChoiceField(label="Or a type of connector", required=False)
    minutes = forms.IntegerField(
        label="For how many minutes", min_value=1, max_value=_MOST_MINUTES, initial=30
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = [("", "Any"), *((kind, kind) for kind in CONNECTOR_TYPES)]
        cast(forms.ChoiceField, self.fields["connector_type"]).choices = types
        if not self.station.traits.reserves_by_type:
            del self.fields["connector_type"]

    def _no_evse(self) -> list[tuple[str, str]]:
        return [("", "Any EVSE")]

    def command(self) -> Command:
        data = self.cleaned_data
        ends_at = timezone.now().astimezone(UTC) + timedelta(minutes=data["minutes"])
        return ReserveNow(
            token=data["token"].strip(),
            expires_at=ends_at.isoformat(),
            evse_id=data["evse_id"],
            connector_type=data.get("connector_type", ""),
        )


class CancelForm(CommandForm):
    reservation_id = forms.IntegerField(label="Reservation", min_value=1)

    def command(self) -> Command:
        return CancelReservation(self.cleaned_data["reservation_id"])


class RulesForm(Dressed, forms.Form):
    """What holds for all tokens of an organisation, and for the lists of its stations."""

    max_sessions = forms.IntegerField(
        min_value=1, max_value=1000, required=False, label="Sessions of one token at once",
        help_text="Empty: any number. A token may have a number of its own.",
    )  # fmt: skip
    master_pass_group = forms.CharField(
        max_length=36, required=False, label="Master pass group",
        help_text="Tokens of this group end any session and begin none.",
    )  # fmt: skip
    scope = forms.ChoiceField(choices=Scope.choices, label="Local lists hold")
    is_automatic = forms.BooleanField(
        required=False, label="Keep the local lists of stations up to date"
    )

    def __init__(self, *args: Any, tokens: TokenPolicy, lists: ListPolicy, **kwargs: Any) -> None:
        known = {
            "max_sessions": tokens.max_sessions,
            "master_pass_group": tokens.master_pass_group,
            "scope": lists.scope,
            "is_automatic": lists.is_automatic,
        }
        kwargs["initial"] = known
        super().__init__(*args, **kwargs)
        self.dress()

    def of(self, *names: str) -> dict[str, Any]:
        """The cleaned values of the named fields."""
        return {name: self.cleaned_data[name] for name in names}
