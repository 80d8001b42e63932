"""The command that checks files of messages and reads them back."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import Organisation
from apps.history.models import Fact
from apps.journal.models import Message
from apps.journal.tasks import keep
from tests.journal.filing import files, messages

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(settings: Any, tmp_path: Path, network: Organisation) -> Path:
    settings.OCPP_JOURNAL_ARCHIVE_FOLDER = str(tmp_path)
    messages(3, organisation_id=network.pk)
    keep()
    return files(tmp_path)[0]


def test_it_says_what_a_file_holds(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("journal", "check", str(file))
    assert "3 messages of organisation" in capsys.readouterr().out
    assert not Message.objects.exists()


def test_messages_come_back_and_who_did_it_is_kept(
    file: Path, network: Organisation, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("journal", "restore", str(file), "--days", "7")
    assert "3 messages read back for 7 days, 0 were there" in capsys.readouterr().out
    assert Message.objects.count() == 3
    fact = Fact.objects.get(kind="messages read back")
    assert (fact.actor_kind, fact.organisation_id) == ("command line", network.pk)
    assert fact.details["messages"] == 3


def test_a_file_of_nobody_here_is_refused(file: Path, network: Organisation) -> None:
    messages(1, organisation_id=network.pk + 77)
    keep()
    [theirs] = [path for path in files(file.parent.parent) if path != file]
    with pytest.raises(CommandError, match="not known here"):
        call_command("journal", "restore", str(theirs))
    assert not Message.objects.exists()


def test_a_wrong_file_is_one_line_that_says_what_to_do(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(CommandError, match=r"take another copy of the file"):
        call_command("journal", "restore", str(file))


@pytest.mark.parametrize("days", ["0", "-1", "99999999999"])
def test_days_that_nobody_can_count_are_refused(file: Path, days: str) -> None:
    with pytest.raises(CommandError, match="from 1 to"):
        call_command("journal", "restore", str(file), f"--days={days}")
    assert not Message.objects.exists()
