"""Reports of firmware and uploads, and what they make of their command."""

from datetime import UTC, datetime

import pytest

from apps.accounts.models import Organisation
from apps.batch.items import Item
from apps.commands import answers, services
from apps.commands.models import CommandRow, State
from apps.commands.progress import Progress, progress_of
from apps.domain.events import CommandAnswered, Event, FirmwareProgressed, LogProgressed
from apps.domain.maintenance import UpdateFirmware
from apps.domain.publishing import PublishProgressed
from apps.ingest.commit import commit
from apps.stations.refs import find_refs
from tests.servers import register


@pytest.mark.parametrize("request_id", [None, 7])
def test_a_report_counts_for_its_command(request_id: int | None) -> None:
    said = progress_of("update_firmware", 7, FirmwareProgressed("Downloading", request_id))
    assert said == Progress("Downloading")


def test_a_report_of_another_request_does_not() -> None:
    assert progress_of("update_firmware", 7, FirmwareProgressed("Installed", 8)) is None
    assert progress_of("update_firmware", 7, LogProgressed("Uploaded", 7)) is None
    assert progress_of("get_log", 7, FirmwareProgressed("Installed", 7)) is None


def test_idle_says_nothing() -> None:
    assert progress_of("get_log", 7, LogProgressed("Idle")) is None


@pytest.mark.parametrize(
    ("name", "event", "went_well"),
    [
        ("update_firmware", FirmwareProgressed("Installed", 7), True),
        ("update_firmware", FirmwareProgressed("InstallationFailed", 7), False),
        ("update_firmware", FirmwareProgressed("InvalidSignature", 7), False),
        ("publish_firmware", PublishProgressed("Published", 7), True),
        ("publish_firmware", PublishProgressed("PublishFailed", 7), False),
        ("publish_firmware", PublishProgressed("InvalidChecksum", 7), False),
        ("get_log", LogProgressed("Uploaded", 7), True),
        ("get_log", LogProgressed("UploadFailed"), False),
        ("get_log", LogProgressed("AcceptedCanceled", 7), False),
    ],
)
def test_last_words(name: str, event: Event, went_well: bool) -> None:
    said = progress_of(name, 7, event)
    assert said is not None
    assert said.is_over
    assert bool(said.observed) is went_well


@pytest.mark.parametrize(
    "reports",
    [
        (FirmwareProgressed("Downloading"), FirmwareProgressed("Installed")),
        (FirmwareProgressed("Installed"),),
    ],
)
@pytest.mark.parametrize("is_answered_first", [True, False])
def test_an_answer_and_the_reports_that_follow_it_may_lie_in_one_batch(
    network: Organisation, reports: tuple[Event, ...], is_answered_first: bool
) -> None:
    now = datetime.now(UTC)
    ref = find_refs([register(network, "CP1").identity])["CP1"]
    row = services.queue(
        organisation_id=network.pk, station_id=ref.id, identity="CP1",
        command=UpdateFirmware("https://files.example/f"), now=now,
    )  # fmt: skip
    assert services.claim(row, connection_id="c", now=now)
    answered = CommandAnswered(row.pk, "accepted", "Accepted")
    told: list[Event] = [answered, *reports] if is_answered_first else [*reports, answered]
    commit([Item(ref, "ocpp2.0.1", "c", now, event=event) for event in told], now)
    stored = CommandRow.objects.get()
    assert (stored.state, stored.progress) == (State.CONFIRMED, "Installed")


def test_what_was_settled_elsewhere_meanwhile_stays_so(network: Organisation) -> None:
    now = datetime.now(UTC)
    row = services.queue(
        organisation_id=network.pk, station_id=7, identity="CP1",
        command=UpdateFirmware("https://files.example/f"), now=now,
    )  # fmt: skip
    CommandRow.objects.update(state=State.CONFIRMED)
    row.state = State.ACCEPTED  # as it was read before
    answers.note_report(row, Progress("Installing"), now=now)
    stored = CommandRow.objects.get()
    assert (stored.state, stored.progress) == (State.CONFIRMED, "")
