"""Months that are past go, into files first: each message once, wherever a process is killed."""

import gzip
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import QuerySet

from apps.domain.months import Month
from apps.journal import archive, months
from apps.journal.models import TABLE, Message
from apps.journal.tasks import keep
from ocpp_platform import partitions
from tests.journal.filing import OLD, files, held, kept, messages

NOW = datetime.now(UTC)
pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process is gone, and does nothing more."""


@pytest.fixture(params=[pytest.param("a partition", marks=pytest.mark.postgres), "rows"])
def place(request: pytest.FixtureRequest) -> str:
    """Old months lie in partitions of their own, or, as on SQLite, in a table of all."""
    if request.param == "a partition":
        partitions.make_ahead(TABLE, OLD, 2)
    return str(request.param)


@pytest.fixture
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of three messages each, so that a month has some."""
    monkeypatch.setattr(months, "FILE_ROWS", 3)
    settings.OCPP_JOURNAL_ARCHIVE_FOLDER = str(tmp_path / "messages")
    return tmp_path / "messages"


def test_without_a_folder_old_months_are_forgotten(place: str, settings: Any) -> None:
    settings.OCPP_JOURNAL_RETENTION_D = 31
    messages(5)
    messages(5, OLD + timedelta(days=30))
    young = messages(2, NOW - timedelta(days=30))
    keep()
    keep()
    assert list(Message.objects.order_by("pk")) == young


def test_a_month_stays_until_its_last_day_is_past_its_time(settings: Any) -> None:
    settings.OCPP_JOURNAL_RETENTION_D = 31
    messages(1, datetime(2025, 3, 1, tzinfo=UTC))
    assert months.let_go(now=datetime(2025, 5, 1, 23, tzinfo=UTC)) == 0
    assert months.let_go(now=datetime(2025, 5, 2, 0, tzinfo=UTC)) == 1


def test_each_message_stands_in_a_file_of_its_month_and_organisation(
    place: str, folder: Path
) -> None:
    messages(7)
    messages(2, organisation_id=2)
    messages(4, OLD + timedelta(days=30))
    before = kept()
    young = messages(1, NOW)
    keep()
    assert held(folder) == before
    assert list(Message.objects.all()) == young
    assert [str(path.relative_to(folder)) for path in files(folder)] == [
        "organisation-1/messages-2021-01-0001.jsonl.gz",
        "organisation-1/messages-2021-01-0002.jsonl.gz",
        "organisation-1/messages-2021-01-0003.jsonl.gz",
        "organisation-1/messages-2021-02-0001.jsonl.gz",
        "organisation-1/messages-2021-02-0002.jsonl.gz",
        "organisation-2/messages-2021-01-0001.jsonl.gz",
    ]


def test_anybody_who_may_can_read_a_file(folder: Path) -> None:
    [row] = messages(1)
    keep()
    [path] = files(folder)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    header, line = map(json.loads, gzip.decompress(path.read_bytes()).splitlines())
    assert header["shape"] == archive.SHAPE
    assert (header["rows"], header["month"], header["organisation_id"]) == (1, "2021-01", 1)
    assert (line["id"], line["payload"], line["session_id"]) == (row.pk, row.payload, 9)
    assert "kept_until" not in line


def steps(monkeypatch: pytest.MonkeyPatch, killed_at: int) -> list[str]:
    """Names of the steps that were taken; the process is killed just before that one."""
    taken: list[str] = []

    def watched(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def step(*args: Any, **named: Any) -> Any:
            taken.append(name)
            if len(taken) > killed_at:
                raise Killed(name)
            return real(*args, **named)

        monkeypatch.setattr(owner, name, step)

    for owner, name in (
        (os, "open"), (os, "fsync"), (os, "link"), (Path, "unlink"), (QuerySet, "delete"),
        (partitions, "drop"), (archive, "read_rows"),
    ):  # fmt: skip
        watched(owner, name)
    return taken


def test_no_message_is_lost_or_doubled_wherever_it_is_killed(
    place: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages(7)
    messages(2, organisation_id=2)
    before, killed_at = kept(), 0
    while True:
        with monkeypatch.context() as patch:
            taken = steps(patch, killed_at)
            try:
                months.let_go(now=NOW)
                break
            except Killed:
                killed_at += 1
        assert set(held(folder) | kept()) == set(before), taken[-1]
        assert max(held(folder).values(), default=1) == 1, taken[-1]
    assert held(folder) == before
    assert not kept()
    assert killed_at > 0


def test_what_was_begun_and_not_finished_is_swept_a_day_later(folder: Path) -> None:
    messages(1)
    keep()
    begun = folder / "organisation-1" / ".messages-2021-01-0002.jsonl.gz.0f"
    begun.write_text("x")
    months.let_go(now=NOW)
    assert begun.exists()
    months.let_go(now=NOW + timedelta(days=2))
    assert not begun.exists()


@pytest.mark.parametrize("moment", ["_fill", "_sync"])
def test_two_at_once_put_each_message_away_once(
    place: str, folder: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages(7)
    before, real, times = kept(), getattr(archive, moment), iter(range(100))

    def interrupted(*args: Any) -> Any:
        if next(times) == 1:
            months.let_go(now=NOW)  # another process does it all
        return real(*args)

    monkeypatch.setattr(archive, moment, interrupted)
    months.let_go(now=NOW)
    months.let_go(now=NOW)
    assert held(folder) == before
    assert not kept()


def test_another_that_removes_rows_under_our_hands_leaves_no_file_with_a_hole(
    place: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages(3)
    before, real = kept(), archive._fill

    def late(file: Any, header: Any, rows: Any) -> bool:
        monkeypatch.setattr(archive, "_fill", real)
        months.let_go(now=NOW)
        return real(file, header, rows)

    monkeypatch.setattr(archive, "_fill", late)
    months.let_go(now=NOW)
    assert held(folder) == before
    assert len(files(folder)) == 1


def test_messages_of_a_clock_that_ran_back_get_files_of_their_own(place: str, folder: Path) -> None:
    first = messages(3)
    months.let_go(now=NOW)
    messages(2, OLD - timedelta(days=1))
    messages(1, first[1].at)
    before = kept() + held(folder)
    months.let_go(now=NOW)
    months.let_go(now=NOW)
    assert held(folder) == before
    assert not kept()


def test_a_run_ends_though_more_is_left(folder: Path) -> None:
    messages(12)
    before = kept()
    runs = 0
    while kept():
        assert months.let_go(now=NOW, most=3) > 0
        runs += 1
    assert held(folder) == before
    assert runs > 4


def test_rows_stay_while_the_folder_takes_nothing(
    place: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages(4)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        months.let_go(now=NOW)
    assert Message.objects.count() == 4
    assert files(folder) == []


def test_a_month_with_a_file_that_cannot_be_read_holds_up_no_other(
    place: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    odd = folder / "organisation-1" / "messages-2021-01-0001.jsonl.gz"
    odd.parent.mkdir(parents=True)
    odd.write_bytes(b"no gzip")
    messages(2)
    messages(2, OLD + timedelta(days=31))
    assert months.let_go(now=NOW) > 0
    assert {str(Month.of(at)) for at in Message.objects.values_list("at", flat=True)} == {"2021-01"}
    assert f"Messages of 2021-01 stay in the journal: {odd} cannot be used" in caplog.text
    odd.unlink()
    months.let_go(now=NOW)
    assert not kept()


@pytest.mark.postgres
def test_a_partition_goes_whole_and_only_if_each_of_its_rows_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partitions.make_ahead(TABLE, OLD, 1)
    messages(4)
    before = kept()
    monkeypatch.setattr(months, "_remove_written", _refused)
    months.let_go(now=NOW)
    assert held(folder) == before
    assert partitions.months_before(TABLE, NOW) == []


def test_nothing_goes_where_its_file_was_damaged_since(place: str, folder: Path) -> None:
    rows = messages(2)
    months.let_go(now=NOW)
    [path] = files(folder)
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    if place == "a partition":
        partitions.make_ahead(TABLE, OLD, 1)
    Message.objects.bulk_create(rows)
    assert months.let_go(now=NOW) == 0
    assert Message.objects.count() == 2
    path.write_bytes(whole)
    months.let_go(now=NOW)
    assert not kept()


def _refused(*_args: Any) -> int:
    raise AssertionError("rows of a partition need not go one by one")


@pytest.mark.postgres
def test_nobody_waits_behind_a_partition_that_somebody_reads(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    partitions.make_ahead(TABLE, OLD, 1)
    messages(1)
    monkeypatch.setattr(partitions, "_is_there", _held_by_others)
    with pytest.raises(partitions.Held):
        partitions.drop(TABLE, partitions.months_before(TABLE, NOW)[0], lambda: True)
    monkeypatch.undo()
    settings.OCPP_JOURNAL_ARCHIVE_FOLDER = ""
    assert Message.objects.count() == 1


def _held_by_others(cursor: Any, name: str) -> bool:
    cursor.execute("DO $$ BEGIN RAISE lock_not_available; END $$")
    return bool(name)
