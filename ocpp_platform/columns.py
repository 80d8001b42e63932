"""Kinds of columns that take less room than Django's own."""

from collections.abc import Mapping
from typing import Any

from django.db import models


class SmallFloatField(models.FloatField):
    """A number of six digits, in four bytes where the database has such; for nothing exact.

    Six digits come back from a binary float of four bytes as they went in (C, FLT_DIG).
    """

    def db_type(self, *_: Any, **__: Any) -> str:
        return "real"

    def from_db_value(self, value: float | None, *_: Any) -> float | None:
        return None if value is None else float(f"{value:.6g}")


class WordField(models.Field):
    """A word of a fixed list, kept as its number; another word is a ValueError.

    Rows are in the order of the numbers, which therefore never change.
    """

    def __init__(self, *args: Any, numbers: Mapping[str, int], **kwargs: Any) -> None:
        self.numbers = {str(word): number for word, number in numbers.items()}
        self._words = {number: word for word, number in self.numbers.items()}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"numbers": self.numbers}

    def get_internal_type(self) -> str:
        return "SmallIntegerField"

    def from_db_value(self, value: int | None, *_: Any) -> str | None:
        return None if value is None else self._words[value]

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None:
            return None
        if str(value) not in self.numbers:
            raise ValueError(f"{value!r} is none of {', '.join(self.numbers)}")
        return self.numbers[str(value)]
