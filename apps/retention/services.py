"""Writes: rows that are past their time go, a page at a time, each page in its own transaction."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet

from apps.retention.table import RULES, Named, Rule
from ocpp_platform import turns

PAGE_ROWS = 1_000
MOST_PAGES = 500


def prune_all(*, now: datetime) -> None:
    """What every rule lets go, each rule for itself. Safe to run twice, and at once."""
    turns.take(*((f"pruning {rule.model}", partial(prune, rule, now=now)) for rule in RULES))


def prune(rule: Rule, *, now: datetime, size: int = PAGE_ROWS) -> int:
    """The rows of one rule that went; what is left of many goes the next time."""
    horizon = rule.horizon(now)
    pages = _renewed if rule.is_renewed else _in_order
    gone = 0
    for count, keys in enumerate(pages(rule, horizon, size), start=1):
        gone += _remove(rule, keys)
        if count == MOST_PAGES:
            break
    return gone


def _in_order(rule: Rule, horizon: datetime, size: int) -> Iterator[list[Any]]:
    """Old keys, page by page, until a page has none: what was written later is younger."""
    rows = _rows(rule).order_by("pk")
    page = list(rows.values_list("pk", rule.age)[:size])
    while old := [key for key, at in page if at is not None and at < horizon]:
        yield old
        page = list(rows.filter(pk__gt=page[-1][0]).values_list("pk", rule.age)[:size])


def _renewed(rule: Rule, horizon: datetime, size: int) -> Iterator[list[Any]]:
    """The oldest keys, page by page; each page must be gone before the next is read."""
    old = _rows(rule).filter(rule.only, **{f"{rule.age}__lt": horizon}).order_by(rule.age)
    while keys := list(old.values_list("pk", flat=True)[:size]):
        yield keys


@transaction.atomic
def _remove(rule: Rule, keys: list[Any]) -> int:
    rows = _rows(rule).filter(rule.only, pk__in=keys)
    if rule.spared is not None:
        rows = rows.exclude(rule.spared)
    for named in rule.named:
        rows = rows.exclude(**{f"{named.key}__in": _still_named(rule, named, keys)})
    going = list(rows.order_by("pk").values_list("pk", flat=True))
    if rule.first is not None:
        rule.first(going)
    _rows(rule).filter(pk__in=going).delete()
    return len(going)


def _still_named(rule: Rule, named: Named, keys: list[Any]) -> list[Any]:
    """What of these rows is named there; a list, for a question about few of many rows."""
    asked: Any = keys
    if named.key != "pk":
        held = _rows(rule).filter(pk__in=keys).values_list(named.key, flat=True).distinct()
        asked = [key for key in held if key is not None]
    namers = apps.get_model(named.by)._default_manager.filter(named.where)
    found = namers.filter(**{f"{named.column}__in": asked})
    return list(found.values_list(named.column, flat=True).distinct())


def _rows(rule: Rule) -> QuerySet[Any]:
    model: type[Model] = apps.get_model(rule.model)
    return model._default_manager.all()
