"""Fields that several forms share."""

from datetime import datetime
from typing import Any

from django import forms

from apps.domain.instants import EARLIEST, LATEST


class InstantField(forms.DateTimeField):
    """A time that can be said in every zone, and that every station can be told."""

    def to_python(self, value: Any) -> datetime | None:
        at = super().to_python(value)
        if at is not None and not EARLIEST.year < at.year < LATEST.year:
            raise forms.ValidationError("This time is too far away.")
        return at
