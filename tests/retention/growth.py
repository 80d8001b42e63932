"""Rows of any model, filled by the types of their columns."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models

from ocpp_platform.columns import WordField

_NUMBERS = count(1)
_TICK = timedelta(microseconds=1)


def made(model: str, at: datetime, number: int = 1, **given: Any) -> list[Any]:
    """``number`` rows of ``at``, a tick apart; what they belong to is made with them."""
    kind = apps.get_model(model)
    rows = [kind(**_columns(kind, at + n * _TICK) | given) for n in range(number)]
    return list(kind._default_manager.bulk_create(rows))


def _columns(kind: type[models.Model], at: datetime) -> dict[str, Any]:
    return {
        field.name: _value(field, at)
        for field in kind._meta.local_fields
        if isinstance(field, models.DateTimeField) or _is_needed(field)
    }


def _is_needed(field: Any) -> bool:
    if isinstance(field, models.AutoField):
        return False
    return field.primary_key or not (field.null or field.has_default() or field.blank)


def _value(field: Any, at: datetime) -> Any:
    number = next(_NUMBERS)
    if isinstance(field, models.DateTimeField):
        return at
    if isinstance(field, models.ForeignKey):
        return _parent(field.related_model, at)
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.CharField | models.TextField):
        return str(number)[: field.max_length or 10]
    if isinstance(field, WordField):
        return next(iter(field.numbers))
    if isinstance(field, models.PositiveSmallIntegerField):
        return number % 30_000
    return number


def _parent(kind: Any, at: datetime) -> Any:
    """One that was there before."""
    found = kind._default_manager.first()
    return found or made(kind._meta.label, at - timedelta(days=1))[0]
