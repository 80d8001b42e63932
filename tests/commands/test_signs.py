"""What is looked at is the effect: of this place, this session, this number, this value."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.commands import expiry
from apps.commands.confirmation import is_same, observe, observe_reading
from apps.commands.models import CommandRow, State
from apps.domain import commands as words
from apps.domain.confirmation import Followed
from apps.domain.events import (
    CommandAnswered,
    ConnectorStatusChanged,
    Event,
    SamplesTaken,
    SessionEnded,
    SessionUpdated,
    StationBooted,
    VariableValue,
)
from apps.domain.maintenance import UpdateFirmware
from apps.domain.power import ProfilesReported
from apps.domain.vocabulary import ConnectorStatus
from apps.stations.models import Station
from tests import factories as make
from tests.commands.test_confirmation import given, shows, state, tell

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "event", "is_it"),
    [
        ({"message": "StatusNotification", "evse_id": 2}, shows(1, "Available"), False),
        ({"message": "StatusNotification", "evse_id": 2}, shows(0, "Available"), False),
        ({"message": "StatusNotification", "evse_id": 2}, shows(2, "Available"), True),
        ({"message": "StatusNotification", "connector_id": 2}, shows(1, "Available"), False),
        ({"message": "StatusNotification", "connector_id": 2}, shows(2, "Available"), True),
        ({"message": "StatusNotification", "evse_id": 1, "connector_id": 2},
         shows(1, "Available", 1), False),
        ({"message": "StatusNotification"}, shows(2, "Available"), True),
        ({"message": "MeterValues", "evse_id": 2}, SamplesTaken(1, ()), False),
        ({"message": "MeterValues", "evse_id": 2}, SamplesTaken(2, ()), True),
        ({"message": "MeterValues", "evse_id": 0}, SamplesTaken(2, ()), True),
        ({"message": "TransactionEvent", "evse_id": 2}, SessionUpdated(NOW, "t", evse_id=1), False),
        ({"message": "TransactionEvent", "evse_id": 2}, SessionUpdated(NOW, "t"), True),
        ({"message": "Heartbeat", "evse_id": 2}, shows(2, "Available"), False),
    ],
)  # fmt: skip
def test_a_message_of_another_place_is_not_what_was_asked_for(
    wanted: dict[str, Any], event: Event, is_it: bool
) -> None:
    assert bool(observe("trigger_message", Followed(wanted), event)) is is_it


@pytest.mark.parametrize(
    ("named", "about", "taken_for", "is_it"),
    [
        ("7", None, None, False),
        ("7", 5, 6, False),
        ("7", 5, 5, True),
        (None, None, None, False),
        (None, 5, None, False),
        (None, 5, 6, False),
        (None, 5, 5, True),
        ("6", 5, 5, True),
        ("4", None, 9, True),
    ],
)
def test_a_stop_is_confirmed_by_the_end_of_its_own_session(
    named: str | None, about: int | None, taken_for: int | None, is_it: bool
) -> None:
    command = Followed({"transaction_id": "4"}, session_id=about, told_of_id=taken_for)
    assert bool(observe("stop_session", command, SessionEnded(NOW, named))) is is_it


def test_the_profiles_of_another_question_are_no_answer() -> None:
    told = ProfilesReported(7, 1, "CSO", ())
    assert observe("get_charging_profiles", Followed({}, number=7), told) == "The profiles came"
    assert observe("get_charging_profiles", Followed({}, number=8), told) == ""


def test_an_evse_that_is_reset_alone_shows_it_by_its_status() -> None:
    one = Followed({"mode": "immediate", "evse_id": 2})
    assert observe("reset", one, shows(2, "Available")) == "EVSE 2 shows Available"
    assert observe("reset", one, shows(1, "Available")) == ""
    assert observe("reset", Followed({"mode": "immediate"}), shows(1, "Available")) == ""
    assert observe("reset", one, StationBooted("V", "M")) == "The station booted"


PLACED = {
    "component": {"name": "EVSE", "instance": "a", "evse": {"id": 2}},
    "variable": {"name": "Power", "instance": "max"}, "attributeType": "Target",
    "attributeValue": "7",
}  # fmt: skip


@pytest.mark.parametrize(
    ("told", "is_it"),
    [
        ({}, True),
        ({"evse_id": 1}, False),
        ({"evse_id": None}, False),
        ({"attribute": "Actual"}, False),
        ({"component_instance": "b"}, False),
        ({"variable_instance": "min"}, False),
    ],
)
def test_the_value_of_another_evse_or_attribute_is_not_what_was_set(
    told: dict[str, Any], is_it: bool
) -> None:
    where = {"evse_id": 2, "attribute": "Target"} | {
        "component_instance": "a", "variable_instance": "max",
    }  # fmt: skip
    shown = VariableValue("evse", "power", "7", **(where | told))
    answered = CommandAnswered(1, "accepted", values=(shown,))
    assert bool(observe_reading([PLACED], answered)) is is_it


@pytest.mark.parametrize(
    ("wanted", "shown", "is_it"),
    [
        ("true", "TRUE", True),
        ("60", "60.0", True),
        ("60", "61", False),
        ("0", "0.00", True),
        ("A,B", "A, B", True),
        ("A,B", "B,A", False),
        ("00420815", "420815", False),
        ("apn.example", "APN.example", False),
        (60, "60", True),
        ("", "", True),
        ("", "x", False),
    ],
)
def test_a_value_is_the_same_in_a_spelling_of_the_station(
    wanted: Any, shown: str, is_it: bool
) -> None:
    assert is_same(wanted, shown) is is_it


@pytest.fixture
def charger(station: Station) -> Station:
    make.connector(station, 1, "Unavailable", at=NOW)
    make.connector(station, 2, "Available", at=NOW)
    return station


@pytest.mark.parametrize(
    ("operative", "evse_id", "detail", "end"),
    [
        (False, 1, "", State.CONFIRMED),
        (False, 2, "", State.ACCEPTED),
        (False, None, "", State.ACCEPTED),
        (True, 2, "", State.CONFIRMED),
        (True, 1, "", State.ACCEPTED),
        (True, 2, "Scheduled", State.ACCEPTED),
    ],
)
def test_what_is_so_already_needs_no_new_status(
    charger: Station, operative: bool, evse_id: int | None, detail: str, end: State
) -> None:
    row = given(charger, words.ChangeAvailability(operative, evse_id), detail=detail)
    assert state(row) == end


def test_the_answer_to_another_command_shows_nothing(charger: Station) -> None:
    row = given(charger, words.ChangeAvailability(False, 2))
    other = given(charger, words.ChangeAvailability(False, 1))
    assert (state(row), state(other)) == (State.ACCEPTED, State.CONFIRMED)


def test_work_for_next_week_is_not_late_today(charger: Station) -> None:
    retrieve_at, install_at = (NOW + timedelta(days=days) for days in (6, 7))
    order = UpdateFirmware(
        "https://files.example/f",
        retrieve_at=retrieve_at.isoformat(), install_at=install_at.isoformat(),
    )  # fmt: skip
    row = given(charger, order)
    expiry.expire(now=install_at + timedelta(hours=23))
    assert state(row) == State.ACCEPTED
    expiry.expire(now=install_at + timedelta(hours=25))
    assert state(row) == State.NOT_CONFIRMED


@pytest.mark.parametrize("name", ["K", "AuthorizationKey"])
def test_what_counts_after_a_boot_is_read_again_then(charger: Station, name: str) -> None:
    item = {"variable": {"name": name}, "attributeValue": "7"}
    row = given(charger, words.SetVariables((item,)), detail="RebootRequired")
    CommandRow.objects.filter(name="get_variables").delete()
    expiry.expire(now=NOW + timedelta(hours=5))
    tell(charger, StationBooted("V", "M"), at=NOW + timedelta(hours=6))
    reading = CommandRow.objects.filter(name="get_variables", reason__contains="after the boot")
    if name == "AuthorizationKey":
        assert (state(row), reading.count()) == (State.CONFIRMED, 0)
        return
    assert state(row) == State.ACCEPTED
    told = VariableValue("", "K", "7")
    tell(charger, CommandAnswered(reading.get().pk, "accepted", values=(told,)))
    assert state(row) == State.CONFIRMED


@pytest.mark.parametrize(
    ("command", "minutes", "end"),
    [
        (words.ResetStation(), 14, State.CONFIRMED),
        (words.ResetStation(), 16, State.NOT_CONFIRMED),
        (words.TriggerMessage("BootNotification"), 1, State.NOT_CONFIRMED),
    ],
)
def test_what_is_slow_still_counts_and_what_comes_by_itself_does_not(
    charger: Station, command: words.Command, minutes: float, end: State
) -> None:
    row = given(charger, command)
    given_up_at = CommandRow.objects.get(pk=row.pk).confirm_by
    assert given_up_at is not None
    expiry.expire(now=given_up_at)
    assert state(row) == State.NOT_CONFIRMED
    tell(charger, StationBooted("V", "M"), at=given_up_at + timedelta(minutes=minutes))
    assert state(row) == end


def test_a_status_elsewhere_is_no_effect(charger: Station) -> None:
    row = given(charger, words.TriggerMessage("StatusNotification", 2))
    tell(charger, ConnectorStatusChanged(1, 1, ConnectorStatus.UNAVAILABLE, NOW))
    assert state(row) == State.ACCEPTED
    tell(charger, ConnectorStatusChanged(2, 1, ConnectorStatus.AVAILABLE, NOW))
    assert state(row) == State.CONFIRMED
