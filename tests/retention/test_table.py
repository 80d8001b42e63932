"""Nothing grows unseen: a new model is either kept for a stated time, or says why it is steady."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps

from apps.retention.table import RULES, STEADY, Rule
from tests.platform.test_indexes import is_indexed

NOW = datetime.now(UTC)


def test_every_model_is_let_go_or_says_why_it_does_not_grow() -> None:
    known = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    ruled = {rule.model for rule in RULES}
    assert ruled | set(STEADY) == known, "a line in RULES or STEADY of apps/retention/table.py"
    assert ruled & set(STEADY) == set()


@pytest.mark.parametrize("rule", [r for r in RULES if r.is_renewed], ids=lambda r: r.model)
def test_rows_that_are_renewed_are_found_by_an_index_and_none_is_spared(rule: Rule) -> None:
    model = apps.get_model(rule.model)
    field = model._meta.get_field(str(rule.age))
    of_these = {index.condition for index in model._meta.indexes if index.fields[0] == rule.age}
    assert is_indexed(model, field) or rule.only in of_these
    assert rule.spared is None
    assert rule.named == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.model)
def test_every_span_is_stated(rule: Rule) -> None:
    assert NOW - timedelta(days=2_000) < rule.horizon(NOW) <= NOW
