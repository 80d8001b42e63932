"""What a person decides about a case."""

from typing import Any

from django import forms

from apps.dashboard.forms.amending import Offer, add_fields, point_of
from apps.dashboard.forms.records import Dressed
from apps.reconciliation.kind import Resolution
from apps.reconciliation.resolving import Wish
from apps.sessions.deciding import MOST_WH


class CaseForm(Dressed, forms.Form):
    """``ways``: what may be done, the proposal first."""

    resolution = forms.ChoiceField(label="What to do")
    kwh = forms.DecimalField(
        label="Energy in kWh", required=False, min_value=0, max_value=int(MOST_WH / 1000),
        max_digits=9, decimal_places=3, help_text="Only where its energy is decided.",
    )  # fmt: skip
    reason = forms.CharField(label="Why", max_length=200)

    def __init__(
        self, *args: Any, ways: list[tuple[str, str]], offer: Offer | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer = offer
        self.fields["resolution"].choices = ways  # type: ignore[attr-defined]
        if Resolution.ENERGY not in {name for name, _ in ways}:
            del self.fields["kwh"]
        if offer is not None:
            add_fields(self, offer)
        self.dress()

    def clean(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        if given.get("resolution") == Resolution.ENERGY and given.get("kwh") is None:
            self.add_error("kwh", "Say how much energy it took.")
        return given

    @property
    def wish(self) -> Wish:
        given = self.cleaned_data
        told = given.get("kwh")
        energy_wh = None if told is None else float(told * 1000)
        other = self._offer.others.get(given.get("other", "")) if self._offer else None
        way, why = Resolution(given["resolution"]), given["reason"]
        return Wish(way, why, energy_wh, point_of(given), other)
