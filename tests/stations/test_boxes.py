"""One box, another in its place, or two under one identity."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.stations.boxes import EXCHANGED, QUIET, TWO, Box, Seen, Socket, boot, connect

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
A, B, C = (
    Box(serial, "Acme One", f"10.0.0.{n}") for n, serial in enumerate(("SN-A", "SN-B", "SN-C"))
)
Step = tuple[Box, float]  # who boots, after how many minutes


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def boots(*steps: Step, overlap: bool = False) -> tuple[Seen, list[str]]:
    """What is known after these boots, and the verdict of each."""
    seen, verdicts = Seen(Box()), []
    for box, minutes in steps:
        alive = Socket("10.0.0.9", overlap, NOON, after(minutes))
        seen, _ = connect(seen, alive, box.ip, after(minutes))
        seen, verdict = boot(seen, box, after(minutes))
        verdicts.append(verdict)
    return seen, verdicts


DAY = 24 * 60


@pytest.mark.parametrize(
    ("steps", "overlap", "verdicts", "shown"),
    [
        ([(A, 0), (A, 5), (A, 9)], False, ["", "", ""], A),
        ([(A, 0), (A, 5)], True, ["", ""], A),
        ([(A, 0), (B, 60), (B, 90)], False, ["", EXCHANGED, ""], B),
        ([(A, 0), (B, 60), (A, 70)], False, ["", EXCHANGED, TWO], B),
        ([(A, 0), (B, 60), (A, 70), (B, 80), (A, 90)], False, ["", EXCHANGED, TWO, "", ""], B),
        ([(A, 0), (B, 1)], True, ["", TWO], A),
        ([(A, 0), (B, 1), (A, 2), (B, 3)], True, ["", TWO, "", ""], A),
        ([(A, 0), (B, 1), (C, 2)], True, ["", TWO, ""], A),
        ([(A, 0), (B, 60), (A, 9 * DAY)], False, ["", EXCHANGED, EXCHANGED], A),
        ([(A, 0), (Box("", "Acme One"), 60)], False, ["", ""], A),
        ([(A, 0), (Box("sn-a ", "ACME one"), 60)], True, ["", ""], A),
        ([(Box("", "Acme One"), 0), (Box("", "Other Two"), 60)], False, ["", EXCHANGED], None),
    ],
)  # fmt: skip
def test_who_booted(
    steps: list[Step], overlap: bool, verdicts: list[str], shown: Box | None
) -> None:
    seen, found = boots(*steps, overlap=overlap)
    assert found == verdicts
    assert shown is None or seen.shown.is_same(shown)


def test_the_alarm_ends_when_one_alone_has_been_seen_for_a_while() -> None:
    seen, _ = boots((A, 0), (B, 1), overlap=True)
    assert seen.has_two(after(1))
    seen, verdict = boot(seen, B, after(600))
    assert (verdict, seen.has_two(after(600))) == ("", True)
    assert not seen.has_two(after(1) + QUIET)
    seen, verdict = boot(seen, B, after(1) + QUIET)
    assert (verdict, seen.shown) == (EXCHANGED, B)


def test_boxes_that_take_turns_keep_it_up() -> None:
    seen, _ = boots((A, 0), (B, 1), overlap=True)
    for turn in range(1, 40):
        seen, verdict = boot(seen, (A, B)[turn % 2], after(turn * 600))
        assert verdict == ""
        assert seen.has_two(after(turn * 600))


def turns(*addresses: str, serial: str = "", heard: bool = True) -> list[str]:
    """The verdicts on sockets from these addresses, each a minute after the one before."""
    seen, verdicts, ip = Seen(Box(serial), has_booted=True), [], ""
    for minute, address in enumerate(addresses):
        heard_at = after(minute) if heard else after(minute - 1)
        seen, verdict = connect(
            seen, Socket(ip, bool(ip), after(minute - 1), heard_at), address, after(minute)
        )
        verdicts.append(verdict)
        ip = address
    return verdicts


def test_addresses_that_take_turns_are_two_boxes_where_no_serial_number_is_told() -> None:
    assert turns("one", "two", "one", "two") == ["", "", TWO, ""]
    assert turns("one", "two", "three", "four") == [""] * 4, "a box on a mobile network"
    assert turns("one", "two", "one", serial="SN-A") == [""] * 3, "a box with two ways out"
    assert turns("one", "two", "one", heard=False) == [""] * 3, "sockets that nobody was behind"
