"""Every action of both versions over a real socket, at its least and at its fullest."""

from datetime import UTC, datetime

from apps.domain.vocabulary import Protocol
from apps.protocol import guide, validation
from tests.conformance.play import Play16, Play201

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LAST = ("BootNotification",)  # it says that another station is there
EXTENTS = (False, True)

Player = Play16 | Play201


async def test_every_raw_call_of_1_6_arrives_as_written(v16: Play16) -> None:
    await told_everything(v16, Protocol.OCPP16)


async def test_every_raw_call_of_2_0_1_arrives_as_written(v201: Play201) -> None:
    await told_everything(v201, Protocol.OCPP201)


async def test_every_call_of_a_1_6_station_is_answered_by_its_schema(v16: Play16) -> None:
    await asks_everything(v16, Protocol.OCPP16)


async def test_every_call_of_a_2_0_1_station_is_answered_by_its_schema(v201: Play201) -> None:
    await asks_everything(v201, Protocol.OCPP201)


async def told_everything(play: Player, protocol: Protocol) -> None:
    """The operator sends each call; it arrives as it was written, its answer comes back."""
    await play.booted()
    for action in sorted(validation.actions(protocol, "from_csms")):
        for is_full in EXTENTS:
            call = guide.example(protocol, action, NOW, is_full=is_full)
            answer = guide.example(protocol, action, NOW, kind="response", is_full=is_full)
            heard, outcome = await play.told(action, call, answer)
            assert heard == call
            assert outcome["response"] == answer, action
            assert outcome["status"] in {"accepted", "rejected"}, action


async def asks_everything(play: Player, protocol: Protocol) -> None:
    """The station sends each call; whatever it means, the answer is a valid CALLRESULT."""
    await play.booted()
    for action in sorted(validation.actions(protocol, "from_station"), key=lambda a: a in LAST):
        for is_full in EXTENTS:
            call = guide.example(protocol, action, NOW, is_full=is_full)
            answer = await play.ask(action, call)
            assert validation.problems(protocol, action, "response", answer) == [], action
