"""The life of a command in the outbox: each step is taken once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.batch.refs import StationRef
from apps.commands import answers, expiry, questions, services
from apps.commands.batch import OpenCommands
from apps.commands.models import CommandRow, State
from apps.commands.selectors import is_due
from apps.domain import commands as words
from apps.domain.device import VariableHidden
from apps.domain.events import (
    CommandAnswered,
    Event,
    HeartbeatReceived,
    StationBooted,
    VariableValue,
)
from apps.stations.models import Station

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def row(station: Station) -> CommandRow:
    return put(station, words.ResetStation())


def put(station: Station, command: words.Command, **more: Any) -> CommandRow:
    return services.queue(
        organisation_id=station.organisation_id,
        station_id=station.pk,
        identity=station.identity,
        command=command,
        now=NOW,
        **more,
    )


def nowhere(_station_id: int) -> dict[tuple[int, int], str]:
    """A station without connectors."""
    return {}


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def claim(row: CommandRow) -> bool:
    return services.claim(row, connection_id="socket", now=NOW)


def answered(row: CommandRow, status: str = "accepted", **more: Any) -> CommandRow | None:
    return answers.answer(CommandAnswered(row.pk, status, **more), now=after(1))


def state(row: CommandRow) -> str:
    return CommandRow.objects.get(pk=row.pk).state


def test_a_command_is_claimed_once(row: CommandRow) -> None:
    assert [claim(row), claim(row)] == [True, False]
    assert state(row) == State.SENT


def test_an_expired_command_is_not_claimed(row: CommandRow) -> None:
    assert not services.claim(row, connection_id="s", now=row.expires_at)


def test_a_start_carries_the_id_that_links_the_session_to_it(station: Station) -> None:
    row = put(station, words.StartSession("AB12"))
    assert row.parameters["remote_start_id"] == row.pk


def test_what_never_reached_the_wire_is_given_back(row: CommandRow) -> None:
    claim(row)
    assert services.requeue(row)
    assert state(row) == State.QUEUED
    assert claim(row)


def test_an_answer_counts_once(row: CommandRow) -> None:
    claim(row)
    assert answered(row, "rejected", detail="Rejected") is not None
    assert answered(row) is None
    assert state(row) == State.REJECTED


def open_commands(station_id: int) -> OpenCommands:
    part = Batch([], after(1)).part(OpenCommands)
    part.fetch({station_id}, NOW)
    return part


def does(opened: OpenCommands, station_id: int, event: Event) -> None:
    """The station does it, a second later."""
    ref = StationRef(station_id, 1, 1, "CP1")
    opened.watch(Item(ref, "ocpp1.6", "c", after(1), event=event), event, nowhere)


def test_the_effect_may_be_seen_before_the_answer(row: CommandRow) -> None:
    claim(row)
    does(open_commands(row.station_id), row.station_id, StationBooted("V", "M"))
    assert state(row) == State.SENT
    answered(row)
    assert state(row) == State.CONFIRMED


def test_answer_and_effect_may_come_in_one_batch(row: CommandRow) -> None:
    claim(row)
    opened = open_commands(row.station_id)
    answered(row)
    does(opened, row.station_id, StationBooted("V", "M"))
    assert state(row) == State.CONFIRMED


def test_what_shows_nothing_confirms_nothing(row: CommandRow) -> None:
    claim(row)
    answered(row)
    does(open_commands(row.station_id), row.station_id, HeartbeatReceived())
    does(open_commands(row.station_id), row.station_id + 1, StationBooted("V", "M"))
    assert state(row) == State.ACCEPTED


@pytest.mark.parametrize(
    ("steps", "seconds", "given_up"),
    [
        ([], 3_599, None),
        ([], 3_600, State.EXPIRED),
        ([claim], 59, None),
        ([claim], 61, State.TIMED_OUT),
        ([claim, answered], 120, None),
        ([claim, answered], 122, State.NOT_CONFIRMED),
    ],
)
def test_what_waited_too_long_is_given_up_once(
    row: CommandRow, steps: Any, seconds: float, given_up: State | None
) -> None:
    for step in steps:
        step(row)
    before = state(row)
    assert expiry.expire(now=after(seconds)) == (given_up is not None)
    assert expiry.expire(now=after(seconds)) == 0
    assert state(row) == (given_up or before)


def test_a_secret_is_masked_once_the_command_is_answered(station: Station) -> None:
    item = {"variable": {"name": "AuthorizationKey"}, "attributeValue": "s3cret"}
    row = put(station, words.SetVariables((item,)))
    services.note_call(
        row.pk, "ChangeConfiguration", {"key": "AuthorizationKey", "value": "s3cret"}
    )
    claim(row)
    answered(row, "rejected")
    kept = CommandRow.objects.get(pk=row.pk)
    assert "s3cret" not in str([kept.parameters, kept.request])


def test_a_command_of_many_calls_is_not_given_up_while_they_go_out(row: CommandRow) -> None:
    claim(row)
    services.note_progress(row.pk, now=after(50))
    assert expiry.expire(now=after(100)) == 0
    assert expiry.expire(now=after(111)) == 1


def test_a_true_answer_replaces_a_presumed_time_out(row: CommandRow) -> None:
    claim(row)
    assert expiry.expire(now=after(61)) == 1
    assert answered(row, "timed_out") is None
    assert answered(row) is not None
    assert state(row) == State.ACCEPTED


SECRET = {"variable": {"name": "AuthorizationKey"}, "attributeValue": "s3cret"}
PLAIN = {"variable": {"name": "HeartbeatInterval"}, "attributeValue": "60"}


@pytest.mark.parametrize(("steps", "seconds"), [([], 3_600), ([claim], 61)])
def test_a_secret_is_masked_once_the_command_is_given_up(
    station: Station, steps: Any, seconds: float
) -> None:
    row = put(station, words.SetVariables((SECRET,)))
    for step in steps:
        step(row)
    assert expiry.expire(now=after(seconds)) == 1
    assert "s3cret" not in str(CommandRow.objects.get(pk=row.pk).parameters)


def test_a_secret_that_is_accepted_is_not_read_back(station: Station) -> None:
    row = put(station, words.SetVariables((SECRET,)))
    claim(row)
    answered(row)
    assert state(row) == State.CONFIRMED
    assert CommandRow.objects.count() == 1


def reading_of(setting: CommandRow) -> CommandRow:
    claim(setting)
    answered(setting)
    reading = CommandRow.objects.get(actor="read-back")
    claim(reading)
    return reading


def test_only_what_is_no_secret_is_read_back(station: Station) -> None:
    row = put(station, words.SetVariables((SECRET, PLAIN)))
    reading = reading_of(row)
    assert reading.parameters["variables"] == [{"variable": {"name": "HeartbeatInterval"}}]
    answered(reading, values=(VariableValue("", "heartbeatinterval", "60"),))
    assert state(row) == State.CONFIRMED


HIDDEN = VariableHidden(VariableValue("", "HeartbeatInterval", None))


def test_what_cannot_be_read_is_confirmed_by_its_acceptance(station: Station) -> None:
    row = put(station, words.SetVariables((PLAIN,)))
    answered(reading_of(row), status="rejected", facts=(HIDDEN,))
    assert state(row) == State.CONFIRMED
    assert "cannot be read back" in CommandRow.objects.get(pk=row.pk).observed


@pytest.mark.parametrize("status", ["accepted", "rejected"])
def test_a_setting_that_the_station_does_not_know_is_not_confirmed(
    station: Station, status: str
) -> None:
    row = put(station, words.SetVariables((PLAIN,)))
    answered(reading_of(row), status, detail="UnknownKey")
    assert state(row) == State.ACCEPTED
    expiry.expire(now=after(1000))
    assert state(row) == State.NOT_CONFIRMED


def test_another_value_than_the_one_that_was_set_confirms_nothing(station: Station) -> None:
    row = put(station, words.SetVariables((PLAIN,)))
    answered(reading_of(row), values=(VariableValue("", "HeartbeatInterval", "61"),))
    assert state(row) == State.ACCEPTED


def test_accepted_raw_calls_are_not_followed_for_ever(station: Station) -> None:
    row = put(station, words.RawCall("ClearCache", {}))
    claim(row)
    assert open_commands(station.pk).names(station.pk) == {"raw_call"}
    answered(row)
    assert open_commands(station.pk).names(station.pk) == frozenset()


def test_a_question_of_our_own_waits_until_the_station_has_settled(
    station: Station, settings: Any
) -> None:
    settings.OCPP_READ_DELAY_S = 30
    whom = (station.organisation_id, station.pk, station.identity)

    def asked() -> CommandRow | None:
        return questions.ask_later(
            whom, words.GetVariables(), now=NOW, actor="reconciliation", reason="It booted"
        )

    row = asked()
    assert row is not None
    assert asked() is None
    queued = CommandRow.objects.filter(station_id=station.pk)
    assert not queued.filter(is_due(after(29))).exists()
    assert queued.get(is_due(after(30))) == row
    assert row.expires_at > after(300)
