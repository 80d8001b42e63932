"""What was put away is read back for a while; a file that is not whole changes nothing."""

import gzip
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import Organisation, User
from apps.journal import months, restoring
from apps.journal.archive import Unusable
from apps.journal.models import TABLE, Message
from apps.journal.selectors import MessageFilter, list_messages
from apps.journal.tasks import keep
from apps.retention.services import prune_all
from ocpp_platform import partitions
from tests.journal.filing import OLD, files, held, kept, messages

NOW = datetime.now(UTC)
UNTIL = NOW + timedelta(days=30)
pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.OCPP_JOURNAL_ARCHIVE_FOLDER = str(tmp_path)
    partitions.make_ahead(TABLE, OLD, 1)
    return tmp_path


@pytest.fixture
def file(folder: Path) -> Path:
    """Of five messages that are gone."""
    messages(5)
    keep()
    assert not kept()
    return files(folder)[0]


def test_what_is_read_back_is_what_it_was(folder: Path, file: Path) -> None:
    done = restoring.restore(file, until=UNTIL)
    assert (done.added, done.there) == (5, 0)
    assert kept() == held(folder)


def test_it_is_shown_and_found_to_its_organisation_alone(
    folder: Path, network: Organisation
) -> None:
    other = Organisation.objects.create(name="Other")
    anna = User.objects.create_user("anna", organisation=network, role="admin")
    eve = User.objects.create_user("eve", organisation=other, role="admin")
    messages(1, organisation_id=network.pk, payload='{"a": "needle"}')
    keep()
    restoring.restore(files(folder)[0], until=UNTIL)
    wanted = MessageFilter(session_id=9, q="needle", before=OLD + timedelta(days=1))
    assert list_messages(anna, wanted).count() == 1
    assert not list_messages(eve).exists()


def test_reading_back_twice_adds_nothing_and_keeps_it_longer(file: Path) -> None:
    restoring.restore(file, until=UNTIL)
    again = restoring.restore(file, until=UNTIL + timedelta(days=5))
    assert (again.added, again.there) == (0, 5)
    assert set(Message.objects.values_list("kept_until", flat=True)) == {UNTIL + timedelta(days=5)}


def test_what_is_there_still_ages_as_before(folder: Path) -> None:
    messages(5)
    months._step(months.Month.of(OLD), folder)
    assert len(files(folder)) == 1
    done = restoring.restore(files(folder)[0], until=UNTIL)
    assert (done.added, done.there) == (0, 5)
    keep()
    assert not kept()


def test_it_stays_its_time_and_then_goes_without_another_file(folder: Path, file: Path) -> None:
    restoring.restore(file, until=UNTIL)
    written = held(folder)
    keep()
    prune_all(now=UNTIL - timedelta(hours=1))
    assert kept() == written
    prune_all(now=UNTIL + timedelta(hours=1))
    keep()
    assert not kept()
    assert held(folder) == written


def test_others_of_its_month_are_put_away_beside_it(folder: Path, file: Path) -> None:
    restoring.restore(file, until=UNTIL)
    messages(2, OLD + timedelta(hours=1))
    keep()
    assert Message.objects.count() == 5
    assert sum(held(folder).values()) == 7


def test_reading_back_goes_on_after_it_broke_off(
    folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "PAGE_ROWS", 2)
    real, calls = restoring._add, iter(range(10))

    def killed(*args: Any) -> int:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(restoring, "_add", killed)
    with pytest.raises(KeyboardInterrupt):
        restoring.restore(file, until=UNTIL)
    assert Message.objects.count() == 2
    done = restoring.restore(file, until=UNTIL)
    assert (done.added, done.there) == (3, 2)
    assert kept() == held(folder)


def test_ids_are_not_given_again_where_the_journal_is_younger(file: Path) -> None:
    with gzip.open(file, "rt") as lines:
        text = lines.read()
    last = max(row[1] for row in held(file.parent.parent))
    file.write_bytes(gzip.compress(text.replace(f'"id":{last}', f'"id":{last + 500}').encode()))
    restoring.restore(file, until=UNTIL)
    [new] = messages(1, NOW)
    assert Message.objects.get(pk=new.pk).pk > last + 500


Spoil = Callable[[bytes, str], bytes]
SPOILT: dict[str, tuple[Spoil, str]] = {
    "cut": (lambda raw, _: raw[: len(raw) // 2], "ends too soon"),
    "cut by its last byte": (lambda raw, _: raw[:-1], "ends too soon"),
    "a bit is wrong": (lambda raw, _: raw[:40] + bytes([raw[40] ^ 255]) + raw[41:], "used: "),
    "no gzip": (lambda _, text: text.encode(), "cannot be used"),
    "nothing": (lambda _raw, _text: b"", "first line"),
    "another shape": (lambda _, text: packed(text.replace("messages/1", "letters/1")), "first"),
    "a line is gone": (lambda _, text: packed(text.rsplit("\n", 2)[0] + "\n"), "holds 4"),
    "a line is none": (lambda _, text: packed(text + "[1]\n"), "no JSON object"),
    "a column is gone": (lambda _, text: packed(text.replace('"answer"', '"other"')), "no message"),
    "a type is wrong": (
        lambda _, text: packed(text.replace('"station_id":7', '"station_id":"7"')), "no message"
    ),
    "another month": (lambda _, text: packed(text.replace("2021-01-15", "2021-02-15")), "month"),
    "a text is too long": (
        lambda _, text: packed(text.replace('"result":"ok"', '"result":"' + "x" * 11 + '"')),
        "no message",
    ),
    "an id is the last there can be": (
        lambda _, text: packed(re.sub(r'\n{"id":\d+', f'\n{{"id":{2**63 - 1}', text, count=1)),
        "no message",
    ),
    "an organisation is none": (
        lambda _, text: packed(text.replace('"organisation_id":', '"organisation_id":0.')), "first"
    ),
    "the last month there can be": (
        lambda _, text: packed(text.replace('"month":"2021-01"', '"month":"9999-12"')), "first"
    ),
    "a NUL": (lambda _, text: packed(text.replace('"notes":"', '"notes":"\\u0000')), "no message"),
}  # fmt: skip


def packed(text: str) -> bytes:
    return gzip.compress(text.encode())


@pytest.mark.parametrize("fault", SPOILT)
def test_a_file_that_is_not_whole_is_refused_and_nothing_is_added(file: Path, fault: str) -> None:
    spoil, words = SPOILT[fault]
    raw = file.read_bytes()
    file.write_bytes(spoil(raw, gzip.decompress(raw).decode()))
    with pytest.raises(Unusable, match=words) as error:
        restoring.restore(file, until=UNTIL)
    assert str(file) in str(error.value)
    assert not kept()


def test_a_file_of_another_installation_is_refused(file: Path) -> None:
    restoring.restore(file, until=UNTIL)
    Message.objects.update(organisation_id=2)
    with pytest.raises(Unusable, match="another installation"):
        restoring.restore(file, until=UNTIL)


def test_while_all_messages_are_read_nothing_is_read_back(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: object) -> list[str]:
        raise partitions.Held

    monkeypatch.setattr(partitions, "make_ahead", held)
    with pytest.raises(Unusable, match="Try again when that is over"):
        restoring.restore(file, until=UNTIL)
    assert not kept()


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="cannot be read: No such file"):
        restoring.check(tmp_path / "none.jsonl.gz")
