"""Values are held against what the station, or else the standard, says of the variable."""

import pytest

from apps.device.meanings import meaning_of
from apps.device.values import Shape, problem, shape_of
from apps.stations.models import Variable

INTERVAL = Shape("Interval", "integer", "s", 1, 900)
POWER = Shape("Power", "decimal", "W", 0.5)
COLOUR = Shape("Colour", "OptionList", choices=("red", "green"))
PARTS = Shape("Parts", "MemberList", most=12, choices=("A", "B", "C"))
NAME = Shape("Name", "string", least=2, most=5)


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (INTERVAL, "1"), (INTERVAL, "900"), (POWER, "0.5"), (POWER, "7"),
        (COLOUR, "green"), (PARTS, "A, C"), (PARTS, ""), (NAME, "abc"),
        (Shape("On", "boolean"), "True"), (Shape("At", "dateTime"), "2030-01-31T12:00:00Z"),
        (Shape("Unknown"), "anything"),
    ],
)  # fmt: skip
def test_what_fits_is_taken(shape: Shape, value: str) -> None:
    assert problem(shape, value) == ""


@pytest.mark.parametrize(
    ("shape", "value", "words"),
    [
        (INTERVAL, "soon", "Interval is a whole number, not “soon”"),
        (INTERVAL, "1.5", "Interval is a whole number, not “1.5”"),
        (INTERVAL, "", "Interval is a whole number, not “”"),
        (INTERVAL, "0", "Interval is at least 1 s"),
        (INTERVAL, "901", "Interval is at most 900 s"),
        (POWER, "0.4", "Power is at least 0.5 W"),
        (COLOUR, "blue", "“blue” is none of what Colour may be: red, green"),
        (PARTS, "A,D", "“D” is none of what Parts may be: A, B, C"),
        (NAME, "abcdef", "Name has at most 5 characters"),
        (NAME, "a", "Name has at least 2 characters"),
        (Shape("On", "boolean"), "1", "On is true or false, not “1”"),
        (Shape("At", "dateTime"), "noon", "At is a time, as 2030-01-31T12:00:00Z"),
        (Shape("Fixed", is_read_only=True), "1", "Fixed can only be read"),
    ],
)
def test_what_does_not_is_refused_in_a_sentence(shape: Shape, value: str, words: str) -> None:
    assert problem(shape, value) == words


def test_the_station_counts_before_the_standard() -> None:
    key = Variable(variable="HeartbeatInterval", mutability="ReadWrite")
    assert shape_of(key) == Shape("HeartbeatInterval", "integer", "s", 1)
    told = Variable(
        component="OCPPCommCtrlr", variable="HeartbeatInterval", data_type="integer",
        min_limit=60, max_limit=3600, unit="s", mutability="ReadOnly",
    )  # fmt: skip
    assert shape_of(told) == Shape("HeartbeatInterval", "integer", "s", 60, 3600, is_read_only=True)


def test_a_meaning_is_found_whatever_the_instance() -> None:
    limit = meaning_of("DeviceDataCtrlr", "ItemsPerMessage/GetReport")
    assert limit is not None
    assert limit.words == "How many entries one such message may have."
    assert meaning_of("", "heartbeatinterval") is meaning_of("OCPPCommCtrlr", "HeartbeatInterval")
    assert meaning_of("Vendor", "HeartbeatInterval") is None
