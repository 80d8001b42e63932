"""What is typed at the command line, and who tries a door, is told as well."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.accounts import log_ins
from apps.accounts.models import Organisation, User
from apps.history.models import Fact
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "kind", "subject"),
    [
        (("apikey", "create", "Billing"), "key created", "Billing"),
        (("station", "add", "CP1"), "station added", "CP1"),
        (("token", "add", "AB12"), "token added", "AB12"),
    ],
)
def test_each_command_leaves_a_fact(
    network: Organisation, typed: tuple[str, ...], kind: str, subject: str
) -> None:
    call_command(*typed, stdout=StringIO())
    fact = Fact.objects.get(kind=kind)
    assert (fact.actor_kind, fact.actor_id, fact.subject_label) == ("command line", None, subject)
    assert fact.organisation_id == network.pk


@pytest.mark.parametrize("uid", ["AB12", "ab12", "AB:12"])
def test_a_known_card_is_named_and_no_constraint(network: Organisation, uid: str) -> None:
    call_command("token", "add", "AB12", stdout=StringIO())
    with pytest.raises(CommandError, match=r"^AB12 is registered already, as ISO14443"):
        call_command("token", "add", uid, "--type", "eMAID", stdout=StringIO())


def test_an_administrator_who_is_made_there_is_told(network: Organisation) -> None:
    made = User.objects.create_superuser("root", password="correct horse")
    fact = Fact.objects.get(kind="person added")
    assert (fact.actor_kind, fact.subject_id, fact.details) == (
        "command line", made.pk, {"role": "admin"},
    )  # fmt: skip


def test_a_wrong_password_is_told_of_the_account_and_names_nobody() -> None:
    people = factories.cast()
    for name in (people.admin.username, "nobody"):
        log_ins.note_failure(name, "192.0.2.7", datetime.now(UTC))
    fact = Fact.objects.get(kind="log-in failed")
    assert (fact.subject_id, fact.actor_id) == (people.admin.pk, None)
    assert fact.actor_label == "somebody at 192.0.2.7"
