"""Confirmed is what has had its effect, whenever it shows; nothing else is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.batch.items import Item
from apps.commands import expiry, services
from apps.commands.confirmation import observe, observe_reading
from apps.commands.models import CommandRow, State
from apps.domain import commands as words
from apps.domain.commands import Command
from apps.domain.confirmation import Followed, Places
from apps.domain.events import (
    CommandAnswered,
    ConnectorStatusChanged,
    Event,
    FirmwareProgressed,
    LogProgressed,
    StationBooted,
    VariablesReported,
    VariableValue,
)
from apps.domain.maintenance import GetLog, UpdateFirmware
from apps.domain.publishing import PublishFirmware, PublishProgressed
from apps.domain.vocabulary import ConnectorStatus
from apps.ingest.commit import commit
from apps.stations.models import Station
from apps.stations.refs import find_refs
from apps.uploads.models import Upload
from tests import factories as make

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OUT: dict[str, Any] = {"operative": False}
IN: dict[str, Any] = {"operative": True}


def shows(evse_id: int, status: str, connector_id: int = 1) -> ConnectorStatusChanged:
    connector_id = connector_id if evse_id else 0
    return ConnectorStatusChanged(evse_id, connector_id, ConnectorStatus(status), NOW)


@pytest.mark.parametrize(
    ("wanted", "event", "places", "is_effect"),
    [
        (OUT, shows(1, "Unavailable"), {(1, 1): "Unavailable", (2, 1): "Charging"}, False),
        (OUT, shows(1, "Unavailable"), {(1, 1): "Unavailable", (2, 1): "Available"}, False),
        (OUT, shows(2, "Unavailable"), {(1, 1): "Unavailable", (2, 1): "Unavailable"}, True),
        (OUT, shows(0, "Unavailable"), {(1, 1): "Available", (2, 1): "Occupied"}, False),
        (OUT, shows(0, "Unavailable"), {(1, 1): "Available", (2, 1): "Available"}, True),
        (OUT, shows(1, "Unavailable"), {(1, 1): "Unavailable", (2, 1): "Unknown"}, True),
        (IN, shows(1, "Available"), {(1, 1): "Available", (2, 1): "Unavailable"}, False),
        (IN, shows(2, "Available"), {(1, 1): "Charging", (2, 1): "Available"}, True),
        (OUT | {"evse_id": 1}, shows(0, "Unavailable"), {(1, 1): "Available"}, False),
        (OUT | {"evse_id": 1}, shows(2, "Unavailable"), {(2, 1): "Unavailable"}, False),
        (OUT | {"evse_id": 1}, shows(1, "Unavailable"),
         {(1, 1): "Unavailable", (1, 2): "Occupied", (2, 1): "Available"}, False),
        (OUT | {"evse_id": 1, "connector_id": 2}, shows(1, "Unavailable", 1),
         {(1, 1): "Unavailable", (1, 2): "Available"}, False),
        (OUT | {"evse_id": 1, "connector_id": 2}, shows(1, "Unavailable", 2),
         {(1, 1): "Available", (1, 2): "Unavailable"}, True),
        (OUT | {"connector_id": 2}, shows(2, "Unavailable"),
         {(1, 1): "Available", (2, 1): "Unavailable"}, True),
    ],
)  # fmt: skip
def test_availability_is_confirmed_by_all_that_was_named(
    wanted: dict[str, Any], event: Event, places: Places, is_effect: bool
) -> None:
    command = Followed(wanted, places=places)
    assert bool(observe("change_availability", command, event)) is is_effect


@pytest.fixture
def charger(station: Station) -> Station:
    """Two EVSEs: a car charges at the first."""
    make.connector(station, 1, "Occupied", at=NOW)
    make.connector(station, 2, "Available", at=NOW)
    return station


def tell(station: Station, *events: Event, at: datetime = NOW) -> None:
    ref = find_refs([station.identity])[station.identity]
    for event in events:
        commit([Item(ref, "ocpp2.0.1", "c", at, event=event)], at)


def given(
    station: Station, command: Command, *, is_numbered: bool = False, **answer: Any
) -> CommandRow:
    """A command that was sent and accepted; ``is_numbered``: reports follow under its number."""
    row = services.queue(
        organisation_id=station.organisation_id, station_id=station.pk,
        identity=station.identity, command=command, now=NOW,
    )  # fmt: skip
    services.claim(row, connection_id="c", now=NOW)
    services.note_call(row.pk, "Any", {"requestId": row.pk} if is_numbered else {})
    tell(station, CommandAnswered(row.pk, "accepted", **answer))
    return row


def state(row: CommandRow) -> str:
    return CommandRow.objects.get(pk=row.pk).state


def test_what_is_scheduled_behind_a_session_is_confirmed_when_it_ends(charger: Station) -> None:
    row = given(charger, words.ChangeAvailability(False), detail="Scheduled")
    tell(charger, shows(2, "Unavailable"))
    later = NOW + timedelta(hours=9)
    expiry.expire(now=later)
    assert state(row) == State.ACCEPTED
    tell(charger, shows(1, "Unavailable"), at=later)
    assert state(row) == State.CONFIRMED


def test_an_effect_that_is_seen_after_all_replaces_the_verdict(charger: Station) -> None:
    row = given(charger, words.ChangeAvailability(False, 1))
    later = NOW + timedelta(hours=3)
    expiry.expire(now=later)
    assert state(row) == State.NOT_CONFIRMED
    tell(charger, shows(1, "Unavailable"), at=later)
    done = CommandRow.objects.get(pk=row.pk)
    assert (done.state, done.observed, done.confirmed_at) == (
        State.CONFIRMED, "The station shows Unavailable", later,
    )  # fmt: skip


def test_an_old_wish_is_not_fulfilled_by_a_newer_one(charger: Station) -> None:
    old = given(charger, words.ChangeAvailability(False, 1))
    later = NOW + timedelta(hours=3)
    expiry.expire(now=later)
    given(charger, words.ChangeAvailability(True, 1))
    tell(charger, shows(1, "Unavailable"), at=later)
    assert state(old) == State.NOT_CONFIRMED


def test_a_heartbeat_hours_later_is_no_answer_to_a_trigger(charger: Station) -> None:
    row = given(charger, words.TriggerMessage("StatusNotification"))
    later = NOW + timedelta(hours=3)
    expiry.expire(now=later)
    tell(charger, shows(1, "Available"), at=later)
    assert state(row) == State.NOT_CONFIRMED


def test_a_try_that_failed_is_not_the_end_of_an_update(charger: Station) -> None:
    row = given(charger, UpdateFirmware("https://files.example/f", retries=2))
    tell(charger, FirmwareProgressed("DownloadFailed", row.pk))
    assert state(row) == State.FAILED
    tell(charger, FirmwareProgressed("Downloading", row.pk))
    assert state(row) == State.ACCEPTED
    tell(charger, FirmwareProgressed("Installed", row.pk))
    assert state(row) == State.CONFIRMED


@pytest.mark.parametrize(
    ("before", "word", "after", "end"),
    [
        ("1.0", "", "1.1", State.CONFIRMED),
        ("1.0", "Installing", "1.1", State.CONFIRMED),
        ("1.0", "Installing", "1.0", State.ACCEPTED),
        ("1.0", "Installing", "", State.ACCEPTED),
        ("", "Installing", "1.1", State.ACCEPTED),
        ("1.0", "InstallationFailed", "1.1", State.FAILED),
    ],
)
def test_firmware_that_boots_is_installed_though_nobody_says_so(
    charger: Station, before: str, word: str, after: str, end: State
) -> None:
    tell(charger, StationBooted("V", "M", firmware=before))
    row = given(charger, UpdateFirmware("https://files.example/f"))
    if word:
        tell(charger, FirmwareProgressed(word, row.pk))
    tell(charger, StationBooted("V", "M", firmware=after))
    done = CommandRow.objects.get(pk=row.pk)
    assert done.state == end
    if end == State.CONFIRMED:
        assert done.observed == "It booted with firmware 1.1, before with 1.0"


def key(name: str, value: str) -> dict[str, Any]:
    return {"variable": {"name": name}, "attributeValue": value}


@pytest.mark.parametrize(
    ("wanted", "told", "observed"),
    [
        (key("A", "7"), VariableValue("", "a", "7"), "Read back as set"),
        (key("A", "7"), VariableValue("", "A", None), ""),
        (key("A", "7"), VariableValue("", "A", ""), ""),
        (key("A", ""), VariableValue("", "A", None), "Read back as set"),
        (key("A", "7"), VariableValue("", "A", None, mutability="WriteOnly"),
         "Accepted; it cannot be read back"),
        (key("AuthorizationKey", "7"), VariableValue("", "A", "7"), ""),
    ],
)  # fmt: skip
def test_a_key_that_is_listed_without_its_value_has_not_been_set(
    wanted: dict[str, Any], told: VariableValue, observed: str
) -> None:
    answered = CommandAnswered(1, "accepted", values=(told,))
    assert observe_reading([wanted], answered) == observed


LATER_WORDS: list[tuple[Command, type[Any], str, str]] = [
    (UpdateFirmware("https://files.example/f"), FirmwareProgressed, "Installed",
     "InstallVerificationFailed"),
    (GetLog(location="https://files.example/logs/"), LogProgressed, "Uploaded", "UploadFailure"),
    (PublishFirmware("https://files.example/f", "0" * 32), PublishProgressed, "Published",
     "InvalidChecksum"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "report", "well", "badly"), LATER_WORDS)
def test_work_that_went_well_has_failed_once_its_station_says_so(
    charger: Station, command: Command, report: type[Any], well: str, badly: str
) -> None:
    row = given(charger, command)
    for word in (well, "Idle", well, "Downloading"):
        tell(charger, report(word, row.pk))
        assert state(row) == State.CONFIRMED
    tell(charger, report(badly), report(badly, row.pk + 1))
    assert state(row) == State.CONFIRMED
    tell(charger, report(badly, row.pk))
    taken_back = CommandRow.objects.get(pk=row.pk)
    assert (taken_back.state, taken_back.progress, taken_back.observed) == (
        State.FAILED, badly, "",
    )  # fmt: skip
    tell(charger, report(well, row.pk))
    assert state(row) == State.CONFIRMED


def test_a_success_is_taken_back_in_the_batch_in_which_it_is_told(charger: Station) -> None:
    row = given(charger, UpdateFirmware("https://files.example/f"))
    ref = find_refs([charger.identity])[charger.identity]
    told = ("Installing", "Installed", "InstallVerificationFailed")
    commit(
        [Item(ref, "ocpp2.0.1", "c", NOW, event=FirmwareProgressed(w, row.pk)) for w in told], NOW
    )
    assert state(row) == State.FAILED


@pytest.fixture
def logged(charger: Station, settings: Any) -> CommandRow:
    """A log that should come to us."""
    settings.OCPP_PUBLIC_URL = "https://csms.example"
    return given(charger, GetLog())


def comes() -> None:
    Upload.objects.update(completed_at=NOW)


def test_a_log_that_never_reached_our_door_is_not_confirmed(
    charger: Station, logged: CommandRow
) -> None:
    tell(charger, LogProgressed("Uploaded", logged.pk))
    assert state(logged) == State.ACCEPTED
    expiry.expire(now=NOW + timedelta(hours=3))
    assert state(logged) == State.NOT_CONFIRMED
    comes()
    assert expiry.confirm_files(now=NOW + timedelta(hours=4)) == 1
    assert state(logged) == State.CONFIRMED


def test_a_log_that_is_here_is_confirmed_though_nobody_tells(
    charger: Station, logged: CommandRow
) -> None:
    assert expiry.confirm_files(now=NOW) == 0
    comes()
    assert (expiry.confirm_files(now=NOW), expiry.confirm_files(now=NOW)) == (1, 0)


def test_a_log_that_is_here_did_not_fail_to_come(charger: Station, logged: CommandRow) -> None:
    comes()
    expiry.confirm_files(now=NOW)
    tell(charger, LogProgressed("UploadFailure", logged.pk))
    assert state(logged) == State.CONFIRMED


def test_a_log_that_went_elsewhere_is_where_the_station_says(charger: Station) -> None:
    row = given(charger, GetLog(location="https://files.example/logs/"))
    tell(charger, LogProgressed("Uploaded", row.pk))
    assert state(row) == State.CONFIRMED


def part(row: CommandRow, seq: int, *, is_last: bool = False) -> VariablesReported:
    values = (VariableValue("C", f"V{seq}", "1"),)
    return VariablesReported(row.pk, seq, is_last=is_last, values=values)


def test_a_report_of_which_pages_are_missing_confirms_nothing(charger: Station) -> None:
    told = {"status": "Accepted"}
    row = given(charger, words.GetVariables(), is_numbered=True, response=told)
    assert state(row) == State.ACCEPTED
    tell(charger, part(row, 2, is_last=True))
    assert state(row) == State.ACCEPTED
    tell(charger, part(row, 0), part(row, 1))
    assert state(row) == State.CONFIRMED
