"""What the database compares is what Python compares; and an index finds it."""

import pytest
from django.db import connection

from apps.tokens.keys import Key, has_number, key_of
from apps.tokens.models import Token
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "uid",
    [
        "04a1b2",
        "04:A1 b2",
        " 04-A1\tB2",
        "04A1\u00a0B2\ufffd",
        "DE-A-1",
        "100%",
        "'x'",
        "::",
        "a\nb",
    ],
)
def test_the_key_of_the_database_is_that_of_python(uid: str) -> None:
    Token.objects.create(organisation=make.cast().organisation, uid=uid)
    assert Token.objects.values_list(Key("uid"), flat=True).get() == key_of(uid)
    assert Token.objects.filter(has_number("uid", uid)).exists()


def test_a_number_is_found_by_its_index() -> None:
    plan = Token.objects.filter(has_number("uid", "04A1B2")).explain()
    if connection.vendor == "sqlite":
        assert "token_by_key" in plan
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, Token._meta.db_table)
    assert {"token_by_key"} == {name for name in indexes if name.startswith("token_by")}
