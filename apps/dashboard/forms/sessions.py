"""What a person decides about a session."""

from django import forms

from apps.dashboard.forms.records import Dressed
from apps.sessions.deciding import MOST_WH


class EnergyForm(Dressed, forms.Form):
    """``kwh`` empty: what the meter says."""

    kwh = forms.DecimalField(
        label="Energy in kWh", required=False, min_value=0, max_value=int(MOST_WH / 1000),
        max_digits=9, decimal_places=3, help_text="Empty: as the meter says.",
    )  # fmt: skip
    reason = forms.CharField(label="Why", max_length=200)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.dress()

    @property
    def energy_wh(self) -> float | None:
        told = self.cleaned_data["kwh"]
        return None if told is None else float(told * 1000)
