"""Sessions of stations with bad habits: one session each, ended, and its energy right."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.journal.models import Message
from apps.sessions import services
from apps.sessions.models import ParkedEvent, Session
from apps.simulator.meter import Meter
from apps.simulator.outlet import Outlet
from apps.simulator.quirks import CATALOGUE, Quirk
from apps.simulator.v16 import SimStation16
from apps.simulator.v201 import SimStation201
from tests.servers import eventually, rows

Charger = Callable[..., Awaitable[Any]]
KINDS = {kind.protocol: kind for kind in (SimStation16, SimStation201)}
BOTH = [(quirk, protocol) for quirk in CATALOGUE for protocol in sorted(quirk.protocols)]
PARKED = {("empty_stop", "ocpp2.0.1")}  # nothing says which transaction it ends
NO_END = {("lost_stop", "ocpp1.6"), ("lost_stop", "ocpp2.0.1")} | PARKED
# Marked, most with less than was taken: no register at the begin.
MARKED = {
    ("zero_at_start", "ocpp1.6"): 2_000, ("zero_at_start", "ocpp2.0.1"): 2_000,
    ("overflow_at_start", "ocpp1.6"): 2_000, ("overflow_at_start", "ocpp2.0.1"): 2_000,
    ("lost_start", "ocpp2.0.1"): 2_000,
    # In another unit than it says, as the power shows: read in its own.
    ("unit_wh_called_kwh", "ocpp1.6"): 3_000, ("unit_wh_called_kwh", "ocpp2.0.1"): 3_000,
    ("register_kwh_as_wh", "ocpp2.0.1"): 3_000,
    ("clock_stuck", "ocpp1.6"): 3_000, ("clock_stuck", "ocpp2.0.1"): 3_000,
}  # fmt: skip
ROUGH = {("power_only_samples", "ocpp2.0.1")}  # an integral of four samples


async def play(charger: Charger, protocol: str, quirk: str, clock: Any, **habits: Any) -> Any:
    """One session of three samples, 1,000 Wh each, from 500 kWh on."""
    outlets = [Outlet(1, meter=Meter(500_000))]
    known = {"quirks": [quirk], "clock": clock, "outlets": outlets} | habits
    station = await charger(KINDS[protocol], **known)
    await station.connect()
    await station.plug_in()
    await station.start_session(token="AB12")
    for _ in range(3):
        await station.sample(power_w=10_000, advance_s=360)
    await station.stop_session()
    await station.unplug()
    return station


@pytest.mark.parametrize(
    ("quirk", "protocol"), BOTH, ids=[f"{quirk.name}-{protocol}" for quirk, protocol in BOTH]
)
async def test_a_quirky_station_has_right_sessions(
    charger: Charger, past: Any, card: Any, tariff: Any, quirk: Quirk, protocol: str
) -> None:
    station = await play(charger, protocol, quirk.name, past)
    row = await rows(lambda: Session.objects.get(token_uid__iexact="AB12"))
    case = quirk.name, protocol
    assert (row.state == "ended") == (case not in NO_END)
    expected_wh = MARKED.get(case, 3_000)
    tolerance_wh = 600 if case in ROUGH else 1
    assert row.energy_wh == pytest.approx(expected_wh, abs=tolerance_wh)
    assert case not in MARKED or set(row.flags.split()) - {"no_energy"}
    assert await rows(ParkedEvent.objects.exists) == (case in PARKED)
    assert [sent.error for sent in station.sent if sent.error] == []
    assert await rows(lambda: Session.objects.count()) == 1 + (quirk.name == "phantom_start")
    assert not await rows(lambda: Message.objects.filter(result="error").exists())


@pytest.mark.parametrize("protocol", sorted(KINDS))
async def test_a_lost_stop_is_estimated_and_a_true_one_replaces_it(
    charger: Charger, past: Any, card: Any, tariff: Any, protocol: str
) -> None:
    station = await play(charger, protocol, "lost_stop", past)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert await rows(lambda: services.watch_silence(now=later)) == 1
    assert await rows(lambda: services.watch_silence(now=later)) == 0
    guess = await rows(Session.objects.get)
    assert (guess.state, guess.is_estimated, guess.energy_wh) == ("ended", True, 3_000)
    assert "estimated" in guess.flags.split()
    assert guess.price_incl_vat is not None
    ended = station.sessions[0]
    station.habits._rewrites.clear()
    from apps.simulator.dialect import Moment

    past.advance(1_800)
    ended.readings.append(station.outlets[1].read(past.now(), "Transaction.End"))
    moment = Moment(ended, ended.readings[-1], "StopAuthorized", is_offline=False)
    await station.send(station.dialect.ended(moment))
    true = await eventually(lambda: Session.objects.filter(is_estimated=False).first())
    assert (true.state, true.stop_reason, true.energy_wh) == ("ended", "Local", 3_000)
    assert "estimated" not in true.flags.split()
    assert true.price_incl_vat > guess.price_incl_vat, "it lasted half an hour longer"


@pytest.mark.parametrize("protocol", sorted(KINDS))
async def test_a_session_that_was_held_offline_has_its_own_times_and_energy(
    charger: Charger, past: Any, card: Any, protocol: str
) -> None:
    station = await charger(KINDS[protocol], clock=past)
    await station.connect()
    began_at = past.now()
    await station.cut()
    await station.start_session(token="AB12")
    await station.sample(power_w=6_000, advance_s=600)
    await station.stop_session()
    past.advance(3_600)
    await station.restore()
    row = await eventually(lambda: Session.objects.filter(state="ended").first())
    assert abs(row.started_at - began_at) < timedelta(seconds=5)
    assert timedelta(seconds=595) < row.ended_at - row.started_at < timedelta(seconds=605)
    assert row.energy_wh == 1_000


@pytest.mark.parametrize("protocol", sorted(KINDS))
async def test_a_session_goes_on_after_an_outage(
    charger: Charger, past: Any, card: Any, protocol: str
) -> None:
    station = await charger(KINDS[protocol], clock=past)
    await station.connect()
    await station.plug_in()
    await station.start_session(token="AB12")
    for _ in range(4):
        await station.sample(power_w=6_000, advance_s=600)
        await station.cut()
        await station.restore()
    await station.stop_session()
    row = await eventually(lambda: Session.objects.filter(state="ended").first())
    assert (row.energy_wh, row.is_estimated) == (4_000, False)
    assert await rows(Session.objects.count) == 1
