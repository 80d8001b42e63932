"""Which station an unknown charger probably is, and in what its name differs."""

import pytest

from apps.stations.likeness import Likeness

DEPOT = Likeness(["CP-7", "CP-70", "NL-AMS-014", "Hall O1", "twin", "TWIN"])


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("cp-7", ("CP-7", "letter case")),
        ("CP7", ("CP-7", "spaces and punctuation")),
        ("cp 70", ("CP-70", "spaces and punctuation")),
        ("HALL 01", ("Hall O1", "letters that look like digits")),
        ("NL-AMS-014-SN4711", ("NL-AMS-014", "what follows it: -SN4711")),
        ("ws:host:nl-ams-014", ("NL-AMS-014", "what stands before it: ws:host:")),
        ("CP-70X", ("CP-70", "what follows it: X")),
        ("Twin", None),
        ("NL-AMS-013", None),
        ("???", None),
        ("", None),
    ],
)
def test_what_is_like_a_station(name: str, like: tuple[str, str] | None) -> None:
    assert DEPOT.find(name) == like
