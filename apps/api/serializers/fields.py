"""What several nouns share: items of lists, instants, small whole numbers, zones."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from rest_framework import serializers
from rest_framework.fields import empty

from apps.domain.instants import is_sayable

POSITIVE_INT_MAX = 2**31 - 1
_LOST_PLUS = re.compile(r"(T[\d:.]+) (\d\d:?\d\d)$")

_DIGITS = re.compile(r"\s*[+-]?[0-9]+(\.[0-9]*)?\s*")


class InstantField(serializers.DateTimeField):
    """RFC 3339; a ``+`` that a query string turned into a space is put back.

    Every instant that is read from a request is one of these.
    """

    def to_internal_value(self, value: Any) -> datetime:
        text = _LOST_PLUS.sub(r"\1+\2", value) if isinstance(value, str) else value
        at = super().to_internal_value(text)
        if not is_sayable(at):
            raise serializers.ValidationError("This instant is too far away.")
        return at


class Item(serializers.Serializer):
    """One of a list in a body: always whole, also where what holds the list is changed in part."""

    def run_validation(self, data: Any = empty) -> Any:
        if self.parent is None:
            return super().run_validation(data)
        alone = type(self)(data=data, context=self.context)
        alone.is_valid(raise_exception=True)
        return alone.validated_data


class _Plain(serializers.Field):
    """A number that is given as a number, or in digits: what says something else is refused, and
    never read as the number that a language makes of it (true as 1, "1e3" as 1000).
    """

    def to_internal_value(self, data: Any) -> Any:
        is_text = isinstance(data, str)
        if isinstance(data, bool) or (is_text and not _DIGITS.fullmatch(data)):
            self.fail("invalid")
        return super().to_internal_value(data)


class DecimalField(_Plain, serializers.DecimalField):
    """An amount."""


class FloatField(_Plain, serializers.FloatField):
    """A quantity; always finite."""


class IntegerField(_Plain, serializers.IntegerField):
    """A whole number."""


class NumberField(IntegerField):
    """A whole number from 1 to what a database's integer holds."""

    def __init__(self, *, least: int = 1, **kwargs: Any) -> None:
        super().__init__(min_value=least, max_value=POSITIVE_INT_MAX, **kwargs)


def check_zone(name: str) -> str:
    """An IANA time zone that this machine knows."""
    if name not in _zones():
        raise serializers.ValidationError("This is not an IANA time zone.")
    return name


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
