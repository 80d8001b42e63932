"""What happens to the messages of a session while the link is away."""

import asyncio

from apps.simulator.clock import ManualClock
from apps.simulator.limits import parse_time
from apps.simulator.station import SimStation
from apps.simulator.v16 import SimStation16
from apps.simulator.v201 import SimStation201
from tests.simulator.conftest import MakeStation
from tests.simulator.csms import Csms

Either = type[SimStation]
KEPT = ("StartTransaction", "MeterValues", "StopTransaction", "TransactionEvent")


async def test_a_session_held_offline_is_replayed_in_order_with_its_own_times(
    csms: Csms, make: MakeStation, either: Either, clock: ManualClock
) -> None:
    station = make(either, clock=clock)
    await station.connect()
    began_at = clock.now()
    await station.cut()
    await station.start_session(token="AB12")
    await station.sample(power_w=6_000, advance_s=600)
    await station.stop_session()
    clock.advance(3_600)
    assert not [frame for frame in csms.frames if frame.action in KEPT]
    await station.restore()
    kept = [frame for frame in csms.frames if frame.action in KEPT]
    if either is SimStation16:
        assert [frame.action for frame in kept] == list(KEPT[:3])
        transaction_ids = {frame.payload["transactionId"] for frame in kept[1:]}
        assert transaction_ids == {1001}
        assert kept[-1].payload["meterStop"] == 1_000
    else:
        assert [frame.payload["seqNo"] for frame in kept] == [0, 1, 2, 3]
        assert all(frame.payload["offline"] for frame in kept)
    assert parse_time(kept[0].payload["timestamp"]) == began_at
    assert (parse_time(kept[-1].payload["timestamp"]) - began_at).total_seconds() == 600
    assert csms.problems == []


async def test_an_outage_in_a_session_loses_no_energy(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    await station.start_session(token="AB12")
    await station.sample(power_w=6_000, advance_s=600)
    await station.cut()
    await station.sample(power_w=6_000, advance_s=600)
    await station.restore()
    await station.sample(power_w=6_000, advance_s=600)
    await station.stop_session()
    assert station.register_wh == 3_000
    if either is SimStation16:
        assert csms.payloads("StopTransaction")[0]["meterStop"] == 3_000
    else:
        updates = csms.payloads("TransactionEvent", triggerReason="MeterValuePeriodic")
        assert [update.get("offline") for update in updates] == [None, True, None]


async def test_a_start_that_was_not_answered_is_sent_again_as_it_was(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    action = "StartTransaction" if either is SimStation16 else "TransactionEvent"
    station = make(either)
    await station.connect()
    csms.answers[action] = None
    starting = asyncio.ensure_future(station.start_session(token="AB12"))
    await csms.wait_for_frame(action)
    await station.cut()
    del csms.answers[action]
    session = await starting
    await station.restore()
    first, second = csms.of(action)[:2]
    assert first.payload == second.payload
    assert first.message_id != second.message_id
    await station.sample(power_w=6_000, advance_s=60)
    if either is SimStation16:
        transaction_ids = [p["transactionId"] for p in csms.payloads("MeterValues")]
        assert transaction_ids == [session.transaction_id] == [1001]


async def test_a_start_that_nobody_answers_is_given_up_after_three_attempts(
    csms: Csms, make: MakeStation
) -> None:
    csms.answers["StartTransaction"] = None
    station = make(SimStation16)
    await station.connect()
    await station.start_session(token="AB12")
    await station.stop_session()
    assert len(csms.of("StartTransaction")) == 3
    assert csms.payloads("StopTransaction")[0]["transactionId"] == -1


async def test_a_card_refused_on_replay_ends_the_session(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    refusal = {"status": "Blocked"}
    csms.answers["StartTransaction"] = {"transactionId": 5, "idTagInfo": refusal}
    csms.answers["TransactionEvent"] = {"idTokenInfo": refusal}
    station = make(either)
    await station.connect()
    await station.cut()
    session = await station.start_session(token="AB12")
    assert session is not None
    await station.restore()
    await station.wait_for_end(session)
    assert session.stop_reason == "DeAuthorized"


async def test_transaction_status_counts_what_still_waits(csms: Csms, make: MakeStation) -> None:
    station = make(SimStation201)
    await station.connect()
    session = await station.start_session(token="AB12")
    await station.cut()
    await station.sample(power_w=6_000, advance_s=60)
    csms.answers["TransactionEvent"] = None
    restoring = asyncio.ensure_future(station.restore())
    await csms.wait_for_frame("TransactionEvent", offline=True)
    status = await csms.call("GetTransactionStatus", {"transactionId": session.key})
    assert status == {"messagesInQueue": True, "ongoingIndicator": True}
    await station.cut()
    await restoring


async def test_a_station_that_lost_its_memory_tells_nothing_of_what_waited(
    csms: Csms, make: MakeStation, either: Either, clock: ManualClock
) -> None:
    station = make(either, clock=clock)
    await station.connect()
    session = await station.start_session(token="AB12")
    told = session.told
    await station.cut()
    await station.sample(power_w=6_000, advance_s=600)
    await station.stop_session(reason="PowerLoss")
    station.outbox.forget()
    await station.restore()
    assert len(station.outbox) == 0
    assert session.told == told > 0
    assert not csms.of("StopTransaction")
    assert not csms.of("TransactionEvent", eventType="Ended")
