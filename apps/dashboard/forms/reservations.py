"""Forms of commands about reservations."""

from datetime import UTC, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone

from apps.dashboard.forms.commands import CommandForm
from apps.domain.commands import Command
from apps.domain.reservations import CancelReservation, ReserveNow
from apps.reservations.life import CONNECTOR_TYPES

_MOST_MINUTES = 24 * 60


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
